using System.Diagnostics;
using System.Globalization;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace TorchOptimExt.Mpi.Tests;

/// <summary>Starts the ranks of a training under an installed MPI.</summary>
internal static class Launcher
{
    /// <summary>Why a test cannot run here; null where it can.</summary>
    public static string? Missing(string launcher) =>
        File.Exists("/usr/bin/" + launcher) ? null : $"{launcher} is not installed: apt-get install openmpi-bin libopenmpi-dev mpich.";

    private static string Program => Path.Combine(AppContext.BaseDirectory, "MpiTraining.dll");

    /// <returns>The exit code, the standard output and the standard error of all ranks.</returns>
    public static (int code, string output, string error) Run(string launcher, int ranks, params string[] arguments) =>
        Start(launcher, ["-n", ranks.ToString(CultureInfo.InvariantCulture), "dotnet", Program, .. arguments]);

    /// <summary>Runs another program that was built beside these tests.</summary>
    public static (int code, string output, string error) RunProgram(string launcher, int ranks, string name, params string[] arguments)
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));       // .../bin/TorchOptimExt.Mpi.Tests/debug
        var program = Path.Combine(built.Parent!.Parent!.FullName, name, built.Name, name + ".dll");
        return Start(launcher, ["-n", ranks.ToString(CultureInfo.InvariantCulture), "dotnet", program, .. arguments]);
    }

    /// <summary>Runs the program beside a copy of it that says that it is another build.</summary>
    public static (int code, string output, string error) RunBeside(string launcher, string what)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory)) File.CreateSymbolicLink(Path.Combine(folder.FullName, Path.GetFileName(file)), file);
            Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "runtimes"), Path.Combine(AppContext.BaseDirectory, "runtimes"));
            var other = Path.Combine(folder.FullName, "MpiTraining.dll");
            File.Delete(other);
            File.WriteAllBytes(other, OtherBuild(File.ReadAllBytes(Program)));
            return Start(launcher, ["-n", "1", "dotnet", Program, what, ":", "-n", "1", "dotnet", other, what]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static byte[] OtherBuild(byte[] program)
    {
        using var reader = new PEReader([.. program]);
        var metadata = reader.GetMetadataReader();
        var id = metadata.GetGuid(metadata.GetModuleDefinition().Mvid).ToByteArray();
        program[program.AsSpan().IndexOf(id)] ^= 1;
        return program;
    }

    private static (int code, string output, string error) Start(string launcher, string[] ranks)
    {
        string[] asRoot = launcher.Contains("openmpi", StringComparison.Ordinal) ? ["--allow-run-as-root", "--oversubscribe"] : [];
        using var process = Process.Start(new ProcessStartInfo(launcher, [.. asRoot, .. ranks]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{launcher} {string.Join(' ', ranks)} has not ended.");
        }
        return (process.ExitCode, output.Result, error.Result);
    }
}
