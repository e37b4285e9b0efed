using System.IO.Compression;
using System.Reflection;

namespace Package.Tests;

/// <summary>The folder of restored packages on this machine, and TorchSharp's native library in it.</summary>
internal static class PackageFolder
{
    private const string NativeLibrary = "runtimes/linux-x64/native/libLibTorchSharp.so";

    public static string Path { get; } = Metadata("PackageFolder");

    public static string TorchSharpVersion { get; } = Metadata("TorchSharpVersion");

    private static string TorchSharp => System.IO.Path.Combine(Path, "torchsharp", TorchSharpVersion);

    /// <summary>The bytes of the native library for Linux, as the folder has it.</summary>
    public static byte[] Library() => File.ReadAllBytes(System.IO.Path.Combine(TorchSharp, NativeLibrary));

    /// <summary>The same, out of the package file as it was published.</summary>
    public static byte[] PublishedLibrary()
    {
        using var package = ZipFile.OpenRead(System.IO.Path.Combine(TorchSharp, $"torchsharp.{TorchSharpVersion}.nupkg"));
        using var entry = package.GetEntry(NativeLibrary)!.Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string Metadata(string key) =>
        typeof(PackageFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
