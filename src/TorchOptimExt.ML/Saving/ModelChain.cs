using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Saving;

/// <summary>
/// A model as a chain of ML.NET's own transformers, which save and load themselves: its text in a MapValue behind a
/// constant key, its scoring in custom mappings that are found again by their contracts, and helper columns dropped.
/// </summary>
internal static class ModelChain
{
    internal static TransformerChain<ITransformer> Make(string featureColumn, TorchModel model)
    {
        var context = new MLContext();
        var steps = Steps(context, featureColumn, model, ModelText.Write(featureColumn, model));
        return steps.Aggregate(new EstimatorChain<ITransformer>(), (chain, step) => chain.Append(step)).Fit(Empty(context, featureColumn, model));
    }

    private static IEnumerable<IEstimator<ITransformer>> Steps(MLContext context, string featureColumn, TorchModel model, string text) =>
    [
        context.Transforms.CustomMapping<NoInput, KeyOutput>(new KeyFactory().GetMapping(), KeyFactory.Contract),
        context.Transforms.Conversion.MapValue(nameof(ScoreInput.TorchModelText), new Dictionary<string, string> { [KeyOutput.Value] = text }, nameof(KeyOutput.TorchModelKey)),
        context.Transforms.CopyColumns(nameof(ScoreInput.TorchModelFeatures), featureColumn),
        .. Scoring(context, model),
        context.Transforms.DropColumns(nameof(KeyOutput.TorchModelKey), nameof(ScoreInput.TorchModelText), nameof(ScoreInput.TorchModelFeatures)),
    ];

    private static IEnumerable<IEstimator<ITransformer>> Scoring(MLContext context, TorchModel model) => model.Task switch
    {
        TaskKind.BinaryClassification => [context.Transforms.CustomMapping<ScoreInput, BinaryOutput>(new BinaryFactory().GetMapping(), BinaryFactory.Contract)],
        TaskKind.Regression => [context.Transforms.CustomMapping<ScoreInput, RegressionOutput>(new RegressionFactory().GetMapping(), RegressionFactory.Contract)],
        _ => MulticlassSteps.Of(context, model),
    };

    private static IDataView Empty(MLContext context, string featureColumn, TorchModel model)
    {
        var schema = SchemaDefinition.Create(typeof(FeatureRow));
        schema[0].ColumnName = featureColumn;
        schema[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, (int)model.Inputs);
        return context.Data.LoadFromEnumerable(Array.Empty<FeatureRow>(), schema);
    }

    /// <summary>Replaces each chain that <see cref="Make"/> made by the transformer that it was made of.</summary>
    internal static ITransformer Restore(ITransformer loaded)
    {
        if (loaded is not TransformerChain<ITransformer> chain) return loaded;
        var parts = chain.ToList();
        if (TextOf(parts) is not { } text) return new TransformerChain<ITransformer>([.. parts.Select(Restore)]);
        var (featureColumn, model) = ModelText.Read(text);
        return new TorchTransformer(featureColumn, model);
    }

    // The first two transformers of such a chain need no input and give the text.
    private static string? TextOf(List<ITransformer> parts)
    {
        if (parts.Count < 5 || parts[0] is not Microsoft.ML.Transforms.CustomMappingTransformer<NoInput, KeyOutput>) return null;
        var context = new MLContext();
        var row = context.Data.LoadFromEnumerable(new[] { new FeatureRow() }, SchemaOfOne());
        var text = parts[1].Transform(parts[0].Transform(row)).GetColumn<ReadOnlyMemory<char>>(nameof(ScoreInput.TorchModelText));
        return text.Single().ToString();
    }

    private static SchemaDefinition SchemaOfOne()
    {
        var schema = SchemaDefinition.Create(typeof(FeatureRow));
        schema[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 1);
        return schema;
    }

    private sealed class FeatureRow
    {
        public float[] Features { get; set; } = [0];
    }
}
