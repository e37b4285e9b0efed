using static TorchSharp.torch;

namespace TorchOptimExt.Checkpointing;

/// <summary>A module's parameters and persistent buffers: first each one's name, dtype and shape, then the elements.</summary>
internal static class ModuleSection
{
    private const int BufferLength = 1 << 16;

    public static void Write(BinaryWriter writer, nn.Module module)
    {
        var tensors = module.state_dict();
        writer.Write(tensors.Count);
        foreach (var (name, tensor) in tensors)
        {
            writer.Write(name);
            writer.Write((int)tensor.dtype);
            writer.Write(tensor.shape.Length);
            foreach (var size in tensor.shape) writer.Write(size);
        }
        foreach (var tensor in tensors.Values) WriteElements(writer, tensor);
    }

    private static void WriteElements(BinaryWriter writer, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        tensor.detach().to(CPU).contiguous().WriteBytesToStream(writer.BaseStream, BufferLength);
    }

    /// <summary>The module's tensors with what they will become, all checked; nothing is changed yet.</summary>
    public static List<(Tensor own, Tensor loaded)> Read(BinaryReader reader, nn.Module module)
    {
        var own = module.state_dict();
        var saved = ReadLayout(reader);
        Compare(saved, own);
        var left = reader.BaseStream.Length - reader.BaseStream.Position;
        if (own.Values.Sum(tensor => tensor.NumberOfElements * tensor.element_size()) > left)
            throw new EndOfStreamException("ends within the module's elements.");
        return saved.ConvertAll(s =>
        {
            var loaded = empty(s.shape, s.dtype, CPU);
            loaded.ReadBytesFromStream(reader.BaseStream, BufferLength);
            return (own[s.name], loaded);
        });
    }

    private static List<(string name, ScalarType dtype, long[] shape)> ReadLayout(BinaryReader reader)
    {
        var saved = new List<(string, ScalarType, long[])>();
        var names = new HashSet<string>();
        for (var count = CheckpointFile.ReadCount(reader, 9); count > 0; count--)
        {
            var (name, number) = (reader.ReadString(), reader.ReadInt32());
            var dtype = (ScalarType)number;
            if ((int)dtype != number) throw new InvalidDataException($"holds the tensor '{name}' of an unknown dtype.");
            var shape = new long[CheckpointFile.ReadCount(reader, sizeof(long))];
            for (var k = 0; k < shape.Length; k++) shape[k] = reader.ReadInt64();
            if (!names.Add(name)) throw new InvalidDataException($"holds the tensor '{name}' twice.");
            saved.Add((name, dtype, shape));
        }
        return saved;
    }

    private static void Compare(List<(string name, ScalarType dtype, long[] shape)> saved, Dictionary<string, Tensor> own)
    {
        var differences = new List<string>();
        foreach (var (name, dtype, shape) in saved)
        {
            if (!own.TryGetValue(name, out var tensor)) differences.Add($"the module has no '{name}'");
            else if (dtype != tensor.dtype || !shape.SequenceEqual(tensor.shape))
                differences.Add($"'{name}' is {Describe(dtype, shape)} in the file and " +
                    $"{Describe(tensor.dtype, tensor.shape)} in the module");
        }
        differences.AddRange(own.Keys.Except(saved.Select(s => s.name)).Select(name => $"the file has no '{name}'"));
        if (differences.Count > 0) throw new InvalidDataException($"is of another module: {string.Join("; ", differences)}.");
    }

    public static string Describe(ScalarType dtype, long[] shape) => $"{dtype} [{string.Join(", ", shape)}]";

    public static void Apply(List<(Tensor own, Tensor loaded)> tensors, Stack<Action> undo)
    {
        foreach (var (own, loaded) in tensors)
        {
            var before = own.detach().clone();
            own.copy_(loaded);
            undo.Push(() => own.copy_(before));
            loaded.Dispose();
        }
    }
}
