using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchOptimExt.Checkpointing;

/// <summary>Named values with their types.</summary>
internal static class ValueTable
{
    private enum Kind : byte { Bool, Int, Long, Float, Double, String, Bytes, Ints, Longs, Floats, Doubles }

    public static void Write(BinaryWriter writer, IReadOnlyDictionary<string, object> values)
    {
        writer.Write(values.Count);
        foreach (var (name, value) in values)
        {
            writer.Write(name);
            WriteValue(writer, name, value);
        }
    }

    public static Dictionary<string, object> Read(BinaryReader reader)
    {
        var values = new Dictionary<string, object>();
        for (var count = CheckpointFile.ReadCount(reader, 2); count > 0; count--)
        {
            var name = reader.ReadString();
            if (!values.TryAdd(name, ReadValue(reader))) throw new InvalidDataException($"holds the value '{name}' twice.");
        }
        return values;
    }

    private static void WriteValue(BinaryWriter writer, string name, object value)
    {
        switch (value)
        {
            case bool v: Head(Kind.Bool); writer.Write(v); break;
            case int v: Head(Kind.Int); writer.Write(v); break;
            case long v: Head(Kind.Long); writer.Write(v); break;
            case float v: Head(Kind.Float); writer.Write(v); break;
            case double v: Head(Kind.Double); writer.Write(v); break;
            case string v: Head(Kind.String); writer.Write(v); break;
            case byte[] v: Head(Kind.Bytes); WriteArray(writer, v); break;
            case int[] v: Head(Kind.Ints); WriteArray(writer, v); break;
            case long[] v: Head(Kind.Longs); WriteArray(writer, v); break;
            case float[] v: Head(Kind.Floats); WriteArray(writer, v); break;
            case double[] v: Head(Kind.Doubles); WriteArray(writer, v); break;
            default:
                throw new ArgumentException($"The value '{name}' is {value?.GetType().FullName ?? "null"}; a checkpoint holds bool, int, "
                    + "long, float, double, string, and arrays of byte, int, long, float and double.", "values");
        }

        void Head(Kind kind) => writer.Write((byte)kind);
    }

    private static object ReadValue(BinaryReader reader) => (Kind)reader.ReadByte() switch
    {
        Kind.Bool => CheckpointFile.ReadFlag(reader),
        Kind.Int => reader.ReadInt32(),
        Kind.Long => reader.ReadInt64(),
        Kind.Float => reader.ReadSingle(),
        Kind.Double => reader.ReadDouble(),
        Kind.String => reader.ReadString(),
        Kind.Bytes => ReadArray<byte>(reader),
        Kind.Ints => ReadArray<int>(reader),
        Kind.Longs => ReadArray<long>(reader),
        Kind.Floats => ReadArray<float>(reader),
        Kind.Doubles => ReadArray<double>(reader),
        var kind => throw new InvalidDataException($"holds a value of the unknown kind {(byte)kind}."),
    };

    private static void WriteArray<T>(BinaryWriter writer, T[] array) where T : struct
    {
        writer.Write(array.Length);
        writer.Write(MemoryMarshal.AsBytes(array.AsSpan()));
    }

    private static T[] ReadArray<T>(BinaryReader reader) where T : struct
    {
        var array = new T[CheckpointFile.ReadCount(reader, Unsafe.SizeOf<T>())];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(array.AsSpan()));
        return array;
    }
}
