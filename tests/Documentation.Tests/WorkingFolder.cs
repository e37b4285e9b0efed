using System.Reflection;

namespace Documentation.Tests;

/// <summary>An empty folder with the samples' tables, in which a page's program runs.</summary>
internal sealed class WorkingFolder : IDisposable
{
    private readonly string before = Environment.CurrentDirectory;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("page");

    public WorkingFolder()
    {
        foreach (var table in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Data")))
            File.Copy(table, Path.Combine(folder.FullName, Path.GetFileName(table)));
        Environment.CurrentDirectory = folder.FullName;
    }

    /// <summary>Runs a program here and gives what it prints.</summary>
    public static string Run(MethodInfo main)
    {
        var console = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, main.GetParameters().Length == 0 ? [] : [Array.Empty<string>()], null);
            return output.ToString();
        }
        finally
        {
            Console.SetOut(console);
        }
    }

    public void Dispose()
    {
        Environment.CurrentDirectory = before;
        folder.Delete(recursive: true);
    }
}
