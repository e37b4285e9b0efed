using Microsoft.ML;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML.Onnx;

/// <summary>Writes a pipeline with torch models in it: what is ML.NET's as ML.NET converts it, and the models between.</summary>
internal static class PipelineWriter
{
    /// <summary>Writes a pipeline for rows of a schema.</summary>
    /// <param name="steps">The steps, of which none is a chain.</param>
    /// <param name="torch">The feature column and model of a step that is a torch model; null for others.</param>
    /// <param name="schema">Of the rows to transform.</param>
    /// <param name="outputs">The columns to give; null for all.</param>
    internal static ProtoMessage Write(IEnumerable<ITransformer> steps, Func<ITransformer, (string features, TorchModel model)?> torch,
        DataViewSchema schema, string[]? outputs)
    {
        var (graph, others) = (new OnnxGraph(), new List<ITransformer>());
        foreach (var step in steps)
        {
            if (torch(step) is not var (features, model))
            {
                others.Add(step);
                continue;
            }
            // At the beginning ML.NET's part is not empty even without steps: it makes the file's inputs.
            if (others.Count > 0 || graph.Columns.Count == 0) AddOthers();
            ModelWriter.AddTo(graph, features, model);
            schema = step.GetOutputSchema(schema);
        }
        if (others.Count > 0) AddOthers();
        Require(graph, outputs);
        return graph.ToModel(outputs);

        void AddOthers()
        {
            MlNetSteps.AddTo(graph, others, Visible(schema));
            schema = others.Aggregate(schema, (before, other) => other.GetOutputSchema(before));
            others.Clear();
        }
    }

    /// <summary>Writes a model by itself, whose one input is the feature column.</summary>
    internal static ProtoMessage Write(string featureColumn, TorchModel model)
    {
        var graph = new OnnxGraph();
        graph.AddInput(featureColumn, OnnxProto.Rows(ElementType.Float, model.Inputs));
        ModelWriter.AddTo(graph, featureColumn, model);
        graph.SetColumns(graph.Columns.Where(c => c.Name is ScoreColumns.Score or ScoreColumns.Probability or ScoreColumns.PredictedLabel));
        return graph.ToModel(null);
    }

    private static void Require(OnnxGraph graph, string[]? outputs)
    {
        foreach (var name in outputs ?? [])
            if (graph.Columns.All(c => c.Name != name))
                throw new ArgumentOutOfRangeException(nameof(outputs), name, $"The pipeline gives no column '{name}'. Its columns are "
                    + $"{string.Join(", ", graph.Columns.Select(c => c.Name))}.");
    }

    // Without hidden columns, of which ConvertToOnnx would have to know the types.
    private static DataViewSchema Visible(DataViewSchema schema)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var column in schema.Where(c => !c.IsHidden)) builder.AddColumn(column.Name, column.Type, column.Annotations);
        return builder.ToSchema();
    }
}
