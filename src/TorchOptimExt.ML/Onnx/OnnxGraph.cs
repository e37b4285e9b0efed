namespace TorchOptimExt.ML.Onnx;

/// <summary>
/// An ONNX graph that grows step by step: nodes, constants, and the columns of a data view, each with the value that holds it at this
/// point.
/// </summary>
internal sealed class OnnxGraph
{
    private readonly List<ProtoMessage> nodes = [], constants = [], inputs = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>A column: the value that holds it, its type, and the names of its slots, where it has any.</summary>
    internal sealed record Column(string Name, string Value, ProtoMessage Type, string[]? SlotNames);

    /// <summary>The columns at this point, in their order.</summary>
    internal List<Column> Columns { get; private set; } = [];

    /// <summary>A name that nothing in the graph has yet: the given one, or with a number behind it.</summary>
    internal string Unused(string name)
    {
        var unused = name;
        for (var k = 0; !names.Add(unused); k++) unused = $"{name}_{k}";
        return unused;
    }

    /// <summary>A column that the file takes as an input of the same name.</summary>
    internal void AddInput(string name, ProtoMessage type, string[]? slotNames = null)
    {
        var value = Unused(name);
        inputs.Add(OnnxProto.Value(value, type));
        Columns.Add(new(name, value, type, slotNames));
    }

    /// <summary>Replaces the columns.</summary>
    internal void SetColumns(IEnumerable<Column> columns) => Columns = [.. columns];

    /// <summary>Adds a column; one of the same name goes.</summary>
    internal void SetColumn(Column column)
    {
        Columns.RemoveAll(c => c.Name == column.Name);
        Columns.Add(column);
    }

    internal void AddNode(ProtoMessage node) => nodes.Add(node);

    internal void AddConstant(ProtoMessage tensor) => constants.Add(tensor);

    /// <summary>Adds an operator with one output, and gives the name of that.</summary>
    internal string Add(string op, string[] operands, params (string name, object value)[] attributes)
    {
        var output = Unused(op);
        nodes.Add(OnnxProto.Node(op, output, operands, [output], attributes));
        return output;
    }

    /// <summary>Adds an operator on one value.</summary>
    internal string Add(string op, string operand, params (string name, object value)[] attributes) => Add(op, [operand], attributes);

    /// <summary>Adds a constant, and gives its name.</summary>
    internal string Constant(string name, float[] values, params long[] shape)
    {
        var unused = Unused(name);
        constants.Add(OnnxProto.Tensor(unused, ElementType.Float, shape, values));
        return unused;
    }

    /// <summary>Adds a constant number, and gives its name.</summary>
    internal string Number(double value) => Constant("Number", [(float)value]);

    /// <summary>Adds constant whole numbers, and gives their name.</summary>
    internal string Whole(long[] values, params long[] shape)
    {
        var unused = Unused("Whole");
        constants.Add(OnnxProto.Tensor(unused, ElementType.Int64, shape, values));
        return unused;
    }

    /// <summary>
    /// The file: each column as an output named as ML.NET does, column.output, with its slot names where ML.NET looks for them.
    /// </summary>
    /// <param name="only">The columns to give, with nothing that they do not need; null for all.</param>
    internal ProtoMessage ToModel(IReadOnlyCollection<string>? only)
    {
        var given = only is null ? Columns : [.. Columns.Where(c => only.Contains(c.Name))];
        var needed = only is null ? null : Needed(given.Select(c => c.Value));
        var graph = new ProtoMessage();
        foreach (var node in nodes.Where(n => needed is null || n.Texts(OnnxProto.NodeOutput).Any(needed.Contains)))
            graph.Add(OnnxProto.GraphNode, node);
        foreach (var column in given)
        {
            var output = Unused($"{column.Name}.output");
            graph.Add(OnnxProto.GraphNode, OnnxProto.Node("Identity", output, [column.Value], [output]));
            graph.Add(OnnxProto.GraphOutput, OnnxProto.Value(output, column.Type));
            if (column.SlotNames is { } slots) AddSlotNames(graph, column.Name, slots);
        }
        graph.Add(2, "model");
        foreach (var tensor in constants.Where(c => needed?.Contains(c.Text(OnnxProto.TensorName)) != false))
            graph.Add(OnnxProto.GraphInitializer, tensor);
        foreach (var input in inputs.Where(i => needed?.Contains(i.Text(OnnxProto.ValueName)) != false))
            graph.Add(OnnxProto.GraphInput, input);
        return OnnxProto.Model(graph);
    }

    // ONNX has no place for them; ML.NET reads them from a LabelEncoder of this name.
    private void AddSlotNames(ProtoMessage graph, string column, string[] slots)
    {
        var (name, unused) = (Unused($"mlnet.{column}.SlotNames"), Unused($"mlnet.{column}.unusedOutput"));
        graph.Add(OnnxProto.GraphInitializer, OnnxProto.TextTensor(name, "one"));
        graph.Add(OnnxProto.GraphNode, OnnxProto.Node("LabelEncoder", name, [name], [unused], ("keys_strings", slots),
            ("values_int64s", Enumerable.Range(0, slots.Length).Select(k => (long)k).ToArray())).Add(7, OnnxProto.MlDomain));
    }

    // Backwards from what is given. An input that nothing needs would have to be fed all the same.
    private HashSet<string> Needed(IEnumerable<string> given)
    {
        var needed = given.ToHashSet(StringComparer.Ordinal);
        foreach (var node in Enumerable.Reverse(nodes))
            if (node.Texts(OnnxProto.NodeOutput).Any(needed.Contains)) needed.UnionWith(node.Texts(OnnxProto.NodeInput));
        return needed;
    }
}
