using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Scoring;

/// <summary>The columns that a model adds to its input, with the annotations by which ML.NET's evaluators know them.</summary>
internal static class ScoreColumns
{
    internal const string Score = "Score", Probability = "Probability", PredictedLabel = "PredictedLabel";

    internal static DataViewSchema AddTo(DataViewSchema input, TorchModel model)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        builder.AddColumn(Score, OnnxHint.Type);    // hidden by the score
        foreach (var (name, type) in Of(model)) builder.AddColumn(name, type, Annotations(model, name));
        return builder.ToSchema();
    }

    private static IEnumerable<(string name, DataViewType type)> Of(TorchModel model)
    {
        var several = (int)model.Outputs;
        var numbers = new VectorDataViewType(NumberDataViewType.Single, several);
        return model.Task switch
        {
            TaskKind.BinaryClassification =>
                [(Score, NumberDataViewType.Single), (Probability, NumberDataViewType.Single), (PredictedLabel,
                    BooleanDataViewType.Instance)],
            TaskKind.MulticlassClassification => [(Score, numbers), (PredictedLabel, new KeyDataViewType(typeof(uint), (ulong)several))],
            TaskKind.MultiOutputRegression => [(Score, numbers)],
            TaskKind.MultiLabelClassification =>
                [(Score, numbers), (Probability, numbers), (PredictedLabel, new VectorDataViewType(BooleanDataViewType.Instance, several))],
            _ => [(Score, NumberDataViewType.Single)],
        };
    }

    private static DataViewSchema.Annotations Annotations(TorchModel model, string name)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddPrimitiveValue("ScoreColumnSetId", new KeyDataViewType(typeof(uint), int.MaxValue), 1u);
        builder.AddPrimitiveValue("ScoreColumnKind", TextDataViewType.Instance, model.Task.ToString().AsMemory());
        builder.AddPrimitiveValue("ScoreValueKind", TextDataViewType.Instance, name.AsMemory());
        if (name == Probability) builder.AddPrimitiveValue("IsNormalized", BooleanDataViewType.Instance, true);
        if (model.Keys is not { } keys) return builder.ToAnnotations();
        if (model.Task == TaskKind.MulticlassClassification && name == PredictedLabel) keys.AddTo(builder, "KeyValues");
        else keys.AddNamesTo(builder);
        if (model.Task == TaskKind.MulticlassClassification && name == Score) keys.AddTo(builder, "TrainingLabelValues");
        return builder.ToAnnotations();
    }

    /// <summary>A getter of one of the columns from the scores of the row at hand.</summary>
    internal static Delegate Getter(TorchModel model, DataViewSchema.Column column, Func<ReadOnlyMemory<float>> scores)
    {
        if (column.Type is OnnxHint) return OnnxHint.Getter;
        var threshold = model.Threshold;
        return (model.Task, column.Name) switch
        {
            (TaskKind.BinaryClassification, Probability) => (ValueGetter<float>)((ref float value) =>
                value = TorchModel.Probability(scores().Span[0])),
            (TaskKind.BinaryClassification, PredictedLabel) => (ValueGetter<bool>)((ref bool value) =>
                value = scores().Span[0] > threshold),
            (TaskKind.MulticlassClassification, PredictedLabel) => (ValueGetter<uint>)((ref uint value) =>
                value = TorchModel.LargestKey(scores().Span)),
            (TaskKind.MultiLabelClassification, Probability) => Vector(scores, TorchModel.Probability),
            (TaskKind.MultiLabelClassification, PredictedLabel) => Vector(scores, score => score > threshold),
            (TaskKind.BinaryClassification or TaskKind.Regression, _) => (ValueGetter<float>)((ref float value) =>
                value = scores().Span[0]),
            _ => Vector(scores, static score => score),
        };
    }

    /// <summary>A column's getter, of the type that is asked for.</summary>
    /// <exception cref="InvalidOperationException">The column is of another.</exception>
    internal static ValueGetter<TValue> Of<TValue>(Delegate getter, DataViewSchema.Column column) => getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"The column '{column.Name}' is {column.Type}, whose values are {column.Type.RawType}; "
            + $"{typeof(TValue)} was asked for.");

    private static ValueGetter<VBuffer<T>> Vector<T>(Func<ReadOnlyMemory<float>> scores, Func<float, T> value) => (ref VBuffer<T> target) =>
    {
        var row = scores().Span;
        var editor = VBufferEditor.Create(ref target, row.Length);
        for (var k = 0; k < row.Length; k++) editor.Values[k] = value(row[k]);
        target = editor.Commit();
    };
}
