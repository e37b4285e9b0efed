using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

/// <summary>
/// TorchSharp's file format of a tensor: element type, number of dimensions and each size as unsigned LEB128, then the elements' bytes, row by row.
/// </summary>
public static partial class TensorExtensionMethods
{
    public static Parameter AsParameter(this Tensor tensor) => new(tensor);

    public static void Save(this Tensor tensor, BinaryWriter writer)
    {
        writer.Encode((long)tensor.dtype);
        writer.Encode(tensor.shape.Length);
        foreach (var size in tensor.shape) writer.Encode(size);
        tensor.WriteBytesToStream(writer.BaseStream);
    }

    public static void Save(this Tensor tensor, Stream stream)
    {
        using var writer = new BinaryWriter(stream);
        tensor.Save(writer);
    }

    public static void Save(this Tensor tensor, string location) => tensor.Save(File.Create(location));

    /// <summary>Into a tensor of the same type and shape; with <paramref name="skip"/> only past it.</summary>
    public static void Load(this Tensor tensor, BinaryReader reader, bool skip = false)
    {
        var (type, shape) = Header(reader);
        if (type != tensor.dtype) throw new ArgumentException("Mismatched tensor data types while loading. Make sure that the model you are loading into is exactly the same as the origin.");
        Fill(tensor, shape, reader, skip);
    }

    public static Tensor Load(BinaryReader reader, bool skip = false)
    {
        Tensor? tensor = null;
        Load(ref tensor, reader, skip);
        return tensor!;
    }

    public static void Load(ref Tensor? tensor, BinaryReader reader, bool skip = false)
    {
        var (type, shape) = Header(reader);
        tensor ??= zeros(shape, type);
        Fill(tensor, shape, reader, skip);
    }

    private static (ScalarType, long[]) Header(BinaryReader reader)
    {
        var type = (ScalarType)reader.Decode();
        var shape = new long[reader.Decode()];
        for (var k = 0; k < shape.Length; k++) shape[k] = reader.Decode();
        return (type, shape);
    }

    private static void Fill(Tensor tensor, long[] shape, BinaryReader reader, bool skip)
    {
        if (skip)
        {
            reader.BaseStream.Seek(tensor.NumberOfElements * tensor.ElementSize, SeekOrigin.Current);
            return;
        }
        if (!shape.SequenceEqual(tensor.shape)) throw new ArgumentException("Mismatched tensor shape while loading. Make sure that the model you are loading into is exactly the same as the origin.");
        tensor.ReadBytesFromStream(reader.BaseStream);
    }
}
