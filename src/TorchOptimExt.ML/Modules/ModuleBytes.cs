using System.Text;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Modules;

/// <summary>A module's parameters and buffers as bytes, in TorchSharp's own format.</summary>
internal static class ModuleBytes
{
    internal static byte[] Write(nn.Module module)
    {
        using var stream = new MemoryStream();
        Write(module, stream);
        return stream.ToArray();
    }

    /// <summary>Tensor by tensor, without a copy of the whole.</summary>
    internal static void Write(nn.Module module, Stream stream)
    {
        using var scope = NewDisposeScope();
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        module.save(writer);
    }

    internal static void Read(nn.Module module, byte[] bytes) => Read(module, new MemoryStream(bytes, writable: false));

    /// <summary>Tensor by tensor, without a copy of the whole. The stream is read to the module's end and closed.</summary>
    internal static void Read(nn.Module module, Stream stream)
    {
        using var scope = NewDisposeScope();
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        module.load(reader);
    }
}
