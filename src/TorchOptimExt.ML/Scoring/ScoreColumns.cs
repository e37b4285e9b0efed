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
        switch (model.Task)
        {
            case TaskKind.BinaryClassification:
                builder.AddColumn(Score, NumberDataViewType.Single, Annotations(model, Score));
                builder.AddColumn(Probability, NumberDataViewType.Single, Annotations(model, Probability, normalized: true));
                builder.AddColumn(PredictedLabel, BooleanDataViewType.Instance, Annotations(model, PredictedLabel));
                break;
            case TaskKind.MulticlassClassification:
                builder.AddColumn(Score, new VectorDataViewType(NumberDataViewType.Single, (int)model.Outputs), Annotations(model, Score));
                builder.AddColumn(PredictedLabel, new KeyDataViewType(typeof(uint), (ulong)model.Outputs), Annotations(model, PredictedLabel));
                break;
            default:
                builder.AddColumn(Score, NumberDataViewType.Single, Annotations(model, Score));
                break;
        }
        return builder.ToSchema();
    }

    private static DataViewSchema.Annotations Annotations(TorchModel model, string valueKind, bool normalized = false)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddPrimitiveValue("ScoreColumnSetId", new KeyDataViewType(typeof(uint), int.MaxValue), 1u);
        builder.AddPrimitiveValue("ScoreColumnKind", TextDataViewType.Instance, model.Task.ToString().AsMemory());
        builder.AddPrimitiveValue("ScoreValueKind", TextDataViewType.Instance, valueKind.AsMemory());
        if (normalized) builder.AddPrimitiveValue("IsNormalized", BooleanDataViewType.Instance, true);
        if (model.Keys is not { } keys) return builder.ToAnnotations();
        if (valueKind == PredictedLabel) keys.AddTo(builder, "KeyValues");
        else
        {
            builder.Add("SlotNames", new VectorDataViewType(TextDataViewType.Instance, keys.Values.Count), (ref VBuffer<ReadOnlyMemory<char>> target) => keys.Names.CopyTo(ref target));
            keys.AddTo(builder, "TrainingLabelValues");
        }
        return builder.ToAnnotations();
    }

    /// <summary>A getter of one of the columns from the scores of the row at hand.</summary>
    internal static Delegate Getter(TorchModel model, string name, Func<ReadOnlyMemory<float>> scores) => (model.Task, name) switch
    {
        (TaskKind.BinaryClassification, Probability) => (ValueGetter<float>)((ref float value) => value = TorchModel.Probability(scores().Span[0])),
        (TaskKind.BinaryClassification, PredictedLabel) => (ValueGetter<bool>)((ref bool value) => value = scores().Span[0] > 0),
        (TaskKind.MulticlassClassification, PredictedLabel) => (ValueGetter<uint>)((ref uint value) => value = TorchModel.LargestKey(scores().Span)),
        (TaskKind.MulticlassClassification, _) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => CopyTo(scores().Span, ref value)),
        _ => (ValueGetter<float>)((ref float value) => value = scores().Span[0]),
    };

    private static void CopyTo(ReadOnlySpan<float> scores, ref VBuffer<float> target)
    {
        var editor = VBufferEditor.Create(ref target, scores.Length);
        scores.CopyTo(editor.Values);
        target = editor.Commit();
    }
}
