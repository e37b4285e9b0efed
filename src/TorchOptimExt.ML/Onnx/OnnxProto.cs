using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace TorchOptimExt.ML.Onnx;

/// <summary>The types of a tensor's elements, numbered as in ONNX's TensorProto.</summary>
internal enum ElementType
{
    Float = 1,
    Int64 = 7,
    Text = 8,
    Bool = 9,
    UInt32 = 12,
}

/// <summary>
/// The messages of an ONNX file, with the field numbers of
/// <see href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</see>.
/// </summary>
internal static class OnnxProto
{
    /// <summary>The operators' version: what ML.NET writes, so that its steps and ours go into one file.</summary>
    internal const int OperatorSet = 12;

    /// <summary>The version of ML.NET's own operators.</summary>
    private const int MlOperatorSet = 2;

    internal const string MlDomain = "ai.onnx.ml";

    internal const int NodeInput = 1, NodeOutput = 2, NodeName = 3, NodeOperator = 4;
    internal const int TensorName = 8, ValueName = 1, ValueType = 2;
    internal const int ModelGraph = 7, GraphNode = 1, GraphInitializer = 5, GraphInput = 11, GraphOutput = 12;

    internal static ProtoMessage Node(string op, string name, IEnumerable<string> inputs, IEnumerable<string> outputs,
        params (string name, object value)[] attributes) => new ProtoMessage()
        .AddAll(NodeInput, inputs, static (m, f, v) => m.Add(f, v)).AddAll(NodeOutput, outputs, static (m, f, v) => m.Add(f, v))
        .Add(NodeName, name).Add(NodeOperator, op)
        .AddAll(5, attributes, static (m, f, v) => m.Add(f, Attribute(v.name, v.value)));

    private static ProtoMessage Attribute(string name, object value)
    {
        var message = new ProtoMessage().Add(1, name);
        return value switch
        {
            double real => message.Add(2, (float)real).Add(20, 1),
            int whole => message.Add(3, whole).Add(20, 2),
            long[] several => message.AddAll(8, several, static (m, f, v) => m.Add(f, v)).Add(20, 7),
            string[] texts => message.AddAll(9, texts, static (m, f, v) => m.Add(f, v)).Add(20, 8),
            _ => throw new ArgumentException($"An attribute is of type {value.GetType()}.", nameof(value)),
        };
    }

    internal static ProtoMessage Tensor<T>(string name, ElementType type, long[] shape, T[] values) where T : unmanaged =>
        new ProtoMessage().AddAll(1, shape, static (m, f, v) => m.Add(f, v)).Add(2, (int)type).Add(TensorName, name)
            .Add(9, ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())));

    internal static ProtoMessage TextTensor(string name, string text) =>
        new ProtoMessage().Add(1, 1).Add(2, (int)ElementType.Text).Add(6, text).Add(TensorName, name);

    /// <summary>The type of so many numbers for each row; the number of rows is free.</summary>
    internal static ProtoMessage Rows(ElementType type, long width) => new ProtoMessage().Add(1, new ProtoMessage().Add(1, (int)type)
        .Add(2, new ProtoMessage().Add(1, new ProtoMessage().Add(2, "rows")).Add(1, new ProtoMessage().Add(1, width))));

    internal static ProtoMessage Value(string name, ProtoMessage type) => new ProtoMessage().Add(ValueName, name).Add(ValueType, type);

    internal static ProtoMessage Model(ProtoMessage graph) => new ProtoMessage().Add(1, 7).Add(2, "TorchOptimExt")
        .Add(3, typeof(OnnxProto).Assembly.GetName().Version!.ToString(3)).Add(ModelGraph, graph)
        .Add(8, new ProtoMessage().Add(1, MlDomain).Add(2, MlOperatorSet)).Add(8, new ProtoMessage().Add(2, OperatorSet));

    /// <exception cref="OnnxExportException">The file would be larger than protobuf allows.</exception>
    internal static void Write(ProtoMessage model, Stream stream)
    {
        if (model.Size() is var size and > int.MaxValue)
            throw new OnnxExportException(string.Create(CultureInfo.InvariantCulture,
                $"The ONNX file would have {size} bytes; a file of this format has at most {int.MaxValue}."));
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        model.WriteTo(output);
    }
}
