using Google.Protobuf;

namespace TorchOptimExt.ML.Onnx;

/// <summary>
/// A protobuf message as its fields in their order: numbers (long), float32 (float), bytes (ByteString) and messages. What ONNX's fields
/// mean is said in <see cref="OnnxProto"/>.
/// </summary>
internal sealed class ProtoMessage
{
    private readonly List<(int number, object value)> fields = [];

    internal static ProtoMessage Parse(ByteString bytes)
    {
        var message = new ProtoMessage();
        using var input = bytes.CreateCodedInput();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            object value = WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadInt64(),
                WireFormat.WireType.Fixed32 => input.ReadFloat(),
                WireFormat.WireType.LengthDelimited => input.ReadBytes(),
                var other => throw new InvalidDataException($"The ONNX file has a field of wire type {other}."),
            };
            message.fields.Add((WireFormat.GetTagFieldNumber(tag), value));
        }
        return message;
    }

    internal ProtoMessage Add(int field, long number) => Append(field, number);
    internal ProtoMessage Add(int field, float number) => Append(field, number);
    internal ProtoMessage Add(int field, string text) => Append(field, ByteString.CopyFromUtf8(text));
    internal ProtoMessage Add(int field, ByteString bytes) => Append(field, bytes);
    internal ProtoMessage Add(int field, ProtoMessage message) => Append(field, message);

    internal ProtoMessage AddAll<T>(int field, IEnumerable<T> values, Func<ProtoMessage, int, T, ProtoMessage> add)
    {
        foreach (var value in values) add(this, field, value);
        return this;
    }

    /// <summary>The texts of a repeated field.</summary>
    internal IEnumerable<string> Texts(int field) => Values(field).Select(value => ((ByteString)value).ToStringUtf8());

    /// <summary>The text of a field; empty where it is left out.</summary>
    internal string Text(int field) => Texts(field).LastOrDefault("");

    /// <summary>The messages of a repeated field.</summary>
    internal IEnumerable<ProtoMessage> Messages(int field) =>
        Values(field).Select(value => value as ProtoMessage ?? Parse((ByteString)value));

    /// <summary>A copy whose texts in some fields are replaced.</summary>
    internal ProtoMessage WithTexts(Func<int, string, string> replace, params int[] texts)
    {
        var copy = new ProtoMessage();
        foreach (var (number, value) in fields)
        {
            if (texts.Contains(number)) copy.Add(number, replace(number, ((ByteString)value).ToStringUtf8()));
            else copy.Append(number, value);
        }
        return copy;
    }

    /// <summary>The number of bytes that <see cref="WriteTo"/> writes.</summary>
    internal long Size() => fields.Sum(field => CodedOutputStream.ComputeTagSize(field.number) + field.value switch
    {
        long number => CodedOutputStream.ComputeInt64Size(number),
        float => sizeof(float),
        ByteString bytes => Prefixed(bytes.Length),
        _ => Prefixed(((ProtoMessage)field.value).Size()),
    });

    internal void WriteTo(CodedOutputStream output)
    {
        foreach (var (number, value) in fields)
        {
            output.WriteTag(number, value switch
            {
                long => WireFormat.WireType.Varint,
                float => WireFormat.WireType.Fixed32,
                _ => WireFormat.WireType.LengthDelimited,
            });
            switch (value)
            {
                case long whole: output.WriteInt64(whole); break;
                case float real: output.WriteFloat(real); break;
                case ByteString bytes: output.WriteBytes(bytes); break;
                case ProtoMessage message:
                    output.WriteLength((int)message.Size());
                    message.WriteTo(output);
                    break;
            }
        }
    }

    private static long Prefixed(long length) => length + CodedOutputStream.ComputeUInt64Size((ulong)length);

    private ProtoMessage Append(int field, object value)
    {
        fields.Add((field, value));
        return this;
    }

    private IEnumerable<object> Values(int field) => fields.Where(f => f.number == field).Select(f => f.value);
}
