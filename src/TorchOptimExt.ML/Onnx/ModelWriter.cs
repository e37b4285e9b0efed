using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML.Onnx;

/// <summary>Writes a model: standardization, module, and the columns of its task.</summary>
internal static class ModelWriter
{
    /// <summary>Appends the model to a graph that has its feature column; its columns come last.</summary>
    /// <exception cref="OnnxExportException">A layer of the module cannot be written.</exception>
    internal static void AddTo(OnnxGraph graph, string featureColumn, TorchModel model)
    {
        var features = graph.Columns.Single(c => c.Name == featureColumn).Value;
        if (model.FeatureScale is { } scale)
            features = graph.Add("Div", [graph.Add("Sub", [features, graph.Constant("FeatureMean", scale.Mean, scale.Mean.Length)]),
                graph.Constant("FeatureDeviation", scale.Deviation, scale.Deviation.Length)]);
        var outputs = LayerWriter.Write(graph, model, features);
        foreach (var (name, value, type) in Columns(graph, model, outputs))
        {
            var width = name == ScoreColumns.PredictedLabel && model.Task == TaskKind.MulticlassClassification ? 1 : model.Outputs;
            graph.SetColumn(new(name, value, OnnxProto.Rows(type, width), width > 1 ? model.Keys?.Values.ToArray() : null));
        }
    }

    private static IEnumerable<(string name, string value, ElementType type)> Columns(OnnxGraph graph, TorchModel model, string outputs)
    {
        var score = Score(graph, model, outputs);
        return model.Task switch
        {
            TaskKind.BinaryClassification or TaskKind.MultiLabelClassification =>
            [
                (ScoreColumns.Score, score, ElementType.Float),
                (ScoreColumns.Probability, graph.Add("Sigmoid", score), ElementType.Float),
                (ScoreColumns.PredictedLabel, graph.Add("Greater", [score, graph.Number(model.Threshold)]), ElementType.Bool),
            ],
            TaskKind.MulticlassClassification =>
                [(ScoreColumns.Score, score, ElementType.Float), (ScoreColumns.PredictedLabel, Key(graph, score), ElementType.UInt32)],
            _ => [(ScoreColumns.Score, score, ElementType.Float)],
        };
    }

    private static string Score(OnnxGraph graph, TorchModel model, string outputs)
    {
        if (model.Task == TaskKind.MulticlassClassification) return graph.Add("Softmax", outputs, ("axis", 1));
        if (model.LabelScale is not { } scale) return outputs;
        var scaled = graph.Add("Mul", [outputs, graph.Constant("LabelDeviation", scale.Deviation, scale.Deviation.Length)]);
        return graph.Add("Add", [scaled, graph.Constant("LabelMean", scale.Mean, scale.Mean.Length)]);
    }

    // Keys count from 1; where the scores are NaN the key is missing, which is 0.
    private static string Key(OnnxGraph graph, string score)
    {
        var largest = graph.Add("ArgMax", score, ("axis", 1), ("keepdims", 1));
        var missing = graph.Add("IsNaN", graph.Add("ReduceMean", score, ("axes", (long[])[1]), ("keepdims", 1)));
        var known = graph.Add("Cast", graph.Add("Not", missing), ("to", (int)ElementType.Int64));
        var key = graph.Add("Mul", [graph.Add("Add", [largest, graph.Whole([1])]), known]);
        return graph.Add("Cast", key, ("to", (int)ElementType.UInt32));
    }
}
