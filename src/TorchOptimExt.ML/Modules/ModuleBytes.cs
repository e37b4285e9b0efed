using static TorchSharp.torch;

namespace TorchOptimExt.ML.Modules;

/// <summary>A module's parameters and buffers as bytes, in TorchSharp's own format.</summary>
internal static class ModuleBytes
{
    internal static byte[] Write(nn.Module module)
    {
        using var stream = new MemoryStream();
        using var scope = NewDisposeScope();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true)) module.save(writer);
        return stream.ToArray();
    }

    internal static void Read(nn.Module module, byte[] bytes)
    {
        using var scope = NewDisposeScope();
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
        module.load(reader);
    }
}
