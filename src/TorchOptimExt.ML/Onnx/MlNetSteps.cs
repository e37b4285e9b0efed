using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Onnx;

/// <summary>Steps of ML.NET's own, as ML.NET converts them, appended to a graph.</summary>
internal static class MlNetSteps
{
    private const string Output = ".output", SlotNames = ".SlotNames", Own = "mlnet.";

    /// <summary>Appends the steps; the graph's columns become those that they leave.</summary>
    /// <exception cref="OnnxExportException">ML.NET cannot convert a step; it is named.</exception>
    internal static void AddTo(OnnxGraph graph, IReadOnlyList<ITransformer> steps, DataViewSchema schema)
    {
        var converted = Convert(steps, schema).Messages(OnnxProto.ModelGraph).Single();
        var values = Inputs(graph, converted);
        var slots = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in converted.Messages(OnnxProto.GraphNode))
        {
            var name = node.Text(OnnxProto.NodeName);
            if (name.StartsWith(Own, StringComparison.Ordinal) && name.EndsWith(SlotNames, StringComparison.Ordinal))
                slots[name[Own.Length..^SlotNames.Length]] = [.. Keys(node)];
            else if (node.Text(OnnxProto.NodeOperator) == "Identity" && node.Text(OnnxProto.NodeOutput) is var output
                && output.EndsWith(Output, StringComparison.Ordinal)) given[output] = Renamed(node.Text(OnnxProto.NodeInput));
            else graph.AddNode(node.WithTexts((field, text) => field == OnnxProto.NodeName ? graph.Unused(text) : Renamed(text),
                OnnxProto.NodeInput, OnnxProto.NodeOutput, OnnxProto.NodeName));
        }
        foreach (var tensor in converted.Messages(OnnxProto.GraphInitializer))
            if (!tensor.Text(OnnxProto.TensorName).EndsWith(SlotNames, StringComparison.Ordinal))
                graph.AddConstant(tensor.WithTexts((_, text) => Renamed(text), OnnxProto.TensorName));
        graph.SetColumns(converted.Messages(OnnxProto.GraphOutput)
            .Where(output => given.ContainsKey(output.Text(OnnxProto.ValueName)))
            .Select(output =>
            {
                var (value, column) = (output.Text(OnnxProto.ValueName), output.Text(OnnxProto.ValueName)[..^Output.Length]);
                return new OnnxGraph.Column(column, given[value], output.Messages(OnnxProto.ValueType).Single(),
                    slots.GetValueOrDefault(column));
            }));

        // An operand that is left out has the empty name.
        string Renamed(string value)
        {
            if (value.Length == 0) return value;
            if (!values.TryGetValue(value, out var renamed)) values[value] = renamed = graph.Unused(value);
            return renamed;
        }
    }

    // What the steps take is what is there, by the column's name; at the beginning it is an input of the file.
    private static Dictionary<string, string> Inputs(OnnxGraph graph, ProtoMessage converted)
    {
        var first = graph.Columns.Count == 0;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in converted.Messages(OnnxProto.GraphInput))
        {
            var name = input.Text(OnnxProto.ValueName);
            if (first) graph.AddInput(name, input.Messages(OnnxProto.ValueType).Single());
            values[name] = graph.Columns.Single(c => c.Name == name).Value;
        }
        return values;
    }

    private static IEnumerable<string> Keys(ProtoMessage node) => node.Messages(5).Single(a => a.Text(1) == "keys_strings").Texts(9);

    private static ProtoMessage Convert(IReadOnlyList<ITransformer> steps, DataViewSchema schema)
    {
        try { return ConvertAll(steps, schema); }
        catch (Exception whole)
        {
            foreach (var step in steps)
            {
                try { ConvertAll([step], schema); }
                catch (Exception one) { throw Unknown(step, one); }
                schema = step.GetOutputSchema(schema);
            }
            throw new OnnxExportException($"ML.NET cannot convert the steps to ONNX: {whole.Message}", whole);
        }
    }

    private static OnnxExportException Unknown(ITransformer step, Exception cause)
    {
        var name = step.GetType().Name.Split('`')[0];
        return new(name, $"ML.NET's ConvertToOnnx cannot write a step of the pipeline, a {name}: {cause.Message}", cause);
    }

    private static ProtoMessage ConvertAll(IEnumerable<ITransformer> steps, DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        new MLContext().Model.ConvertToOnnx(new TransformerChain<ITransformer>([.. steps]), new SchemaView(schema), OnnxProto.OperatorSet,
            stream);
        return ProtoMessage.Parse(ByteString.CopyFrom(stream.GetBuffer(), 0, (int)stream.Length));
    }
}
