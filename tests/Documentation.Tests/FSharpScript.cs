using System.Diagnostics;

namespace Documentation.Tests;

/// <summary>The F# of a page, as the script of a reader who copies it piece by piece from top to bottom.</summary>
internal static class FSharpScript
{
    private static readonly string[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(path => path.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal))];

    /// <summary>Gives what the compiler says, errors and warnings.</summary>
    public static string TypeCheck(Page page)
    {
        var script = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.fsx");
        File.WriteAllLines(script, page.FSharp.Select(piece => $"# {piece.line} \"{page.Name}\"\n{piece.code}"));
        try
        {
            return Fsi(["--typecheck-only", "--warn:4", .. References.Select(path => $"--reference:{path}"), script]);
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static string Fsi(string[] arguments)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        using var process = Process.Start(new ProcessStartInfo(host, ["fsi", "--nologo", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output + errors.Result).Trim();
    }
}
