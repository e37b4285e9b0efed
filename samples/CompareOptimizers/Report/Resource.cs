using System.Reflection;

namespace CompareOptimizers.Report;

/// <summary>Texts that are part of an assembly.</summary>
internal static class Resource
{
    public static string Read(string name) => Read(typeof(Resource).Assembly, name);

    public static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
