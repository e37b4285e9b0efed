using System.Collections.Immutable;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>How much each metric changes when a slot of the features is shuffled among the rows.</summary>
public static class PermutationFeatureImportanceExtensions
{
    public static ImmutableArray<BinaryClassificationMetricsStatistics> PermutationFeatureImportance<TModel>(this BinaryClassificationCatalog catalog,
        ISingleFeaturePredictionTransformer<TModel> predictionTransformer, IDataView data, string labelColumnName = "Label",
        bool useFeatureWeightFilter = false, int? numberOfExamplesToUse = null, int permutationCount = 1)
        where TModel : class
        => Measure(catalog, predictionTransformer, data, numberOfExamplesToUse, permutationCount, scored => catalog.EvaluateNonCalibrated(scored, labelColumnName),
            BinaryClassificationMetrics.Difference, metrics => new BinaryClassificationMetricsStatistics(metrics));

    public static ImmutableArray<MulticlassClassificationMetricsStatistics> PermutationFeatureImportance<TModel>(this MulticlassClassificationCatalog catalog,
        ISingleFeaturePredictionTransformer<TModel> predictionTransformer, IDataView data, string labelColumnName = "Label",
        bool useFeatureWeightFilter = false, int? numberOfExamplesToUse = null, int permutationCount = 1)
        where TModel : class
        => Measure(catalog, predictionTransformer, data, numberOfExamplesToUse, permutationCount, scored => catalog.Evaluate(scored, labelColumnName),
            MulticlassClassificationMetrics.Difference, metrics => new MulticlassClassificationMetricsStatistics(metrics));

    public static ImmutableArray<RegressionMetricsStatistics> PermutationFeatureImportance<TModel>(this RegressionCatalog catalog,
        ISingleFeaturePredictionTransformer<TModel> predictionTransformer, IDataView data, string labelColumnName = "Label",
        bool useFeatureWeightFilter = false, int? numberOfExamplesToUse = null, int permutationCount = 1)
        where TModel : class
        => Measure(catalog, predictionTransformer, data, numberOfExamplesToUse, permutationCount, scored => catalog.Evaluate(scored, labelColumnName),
            RegressionMetrics.Difference, metrics => new RegressionMetricsStatistics(metrics));

    private static ImmutableArray<TStatistics> Measure<TModel, TMetrics, TStatistics>(TrainCatalogBase catalog, ISingleFeaturePredictionTransformer<TModel> model,
        IDataView data, int? examples, int permutations, Func<IDataView, TMetrics> evaluate, Func<TMetrics, TMetrics, TMetrics> difference, Func<TMetrics[], TStatistics> summarize)
        where TModel : class
    {
        Check.NotNull(model, nameof(model));
        Check.NotNull(data, nameof(data));
        Check.State(examples is null or > 0, "Provide how many examples to use (positive number) or set to null to use whole dataset.");
        var baseline = evaluate(model.Transform(data));
        if (examples is { } count)
            data = catalog.Data.TakeRows(data, count);
        var column = data.Schema[model.FeatureColumnName];
        float[][] features = [.. data.GetColumn<float[]>(column)];
        var rand = catalog.Data.CreateRandom();
        var result = ImmutableArray.CreateBuilder<TStatistics>();
        for (var slot = 0; slot < column.Type.SlotCount() && features.Length > 0; slot++)
        {
            var values = features.Select(row => row[slot]).ToArray();
            var differences = new TMetrics[permutations];
            for (var i = 0; i < permutations; i++)
            {
                rand.Shuffle(values);
                var permuted = new RowBinding(data.Schema, new PermutedFeatures(column, slot, values)).Apply(data);
                differences[i] = difference(evaluate(model.Transform(permuted)), baseline);
            }
            result.Add(summarize(differences));
        }
        return result.ToImmutable();
    }

    /// <summary>The feature column with one slot's values from elsewhere, in the rows' order.</summary>
    private sealed class PermutedFeatures(DataViewSchema.Column features, int slot, float[] values) : IAddedColumns
    {
        public IReadOnlyList<DataViewSchema.DetachedColumn> Columns { get; } = [new(features)];

        public IEnumerable<int> DependenciesOf(int added) => [features.Index];

        public Delegate[] CreateGetters(DataViewRow input, bool[] active)
        {
            var getter = input.GetGetter<VBuffer<float>>(features);
            VBuffer<float> row = default;
            return
            [
                (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
                {
                    getter(ref row);
                    row.CopyToDense(ref value);
                    VBufferEditor.CreateFromBuffer(ref value).Values[slot] = values[input.Position];
                }),
            ];
        }
    }
}
