using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TorchOptimExt.Cuda;

/// <summary>Native libraries that libtorch has loaded, or that lie beside it.</summary>
internal static class LoadedLibrary
{
    /// <summary>The path of a library of this process whose file name is a name, or begins with it and a version; null where there is
    /// none.</summary>
    public static string? PathOf(string name)
    {
        using var process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
            using (module)
                if (module.ModuleName.StartsWith(name, StringComparison.OrdinalIgnoreCase)
                    && !module.ModuleName.Contains("builtins", StringComparison.OrdinalIgnoreCase)) return module.FileName;
        return null;
    }

    /// <summary>The library at the first of some paths and names that can be loaded and has a function; 0 where there is none.</summary>
    public static nint First(IEnumerable<string?> paths, string export)
    {
        foreach (var path in paths)
            if (path is not null && NativeLibrary.TryLoad(path, out var library)
                && NativeLibrary.TryGetExport(library, export, out _)) return library;
        return 0;
    }
}
