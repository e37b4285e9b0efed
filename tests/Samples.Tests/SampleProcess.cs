using System.Diagnostics;

namespace Samples.Tests;

/// <summary>How a sample ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error);

/// <summary>A sample as a process of its own, as a user runs it.</summary>
internal sealed class SampleProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process process;

    /// <summary>Starts the sample that was built beside these tests.</summary>
    public SampleProcess(string name, params string[] arguments) : this(name, arguments, [])
    {
    }

    private SampleProcess(string name, string[] arguments, Dictionary<string, string> environment)
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')); // .../bin/Samples.Tests/debug
        var assembly = Path.Combine(built.Parent!.Parent!.FullName, name, built.Name, name + ".dll");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (variable, value) in environment)
            start.Environment[variable] = value;
        process = Process.Start(start)!;
    }

    public static Ended Run(string name, params string[] arguments) => Run(name, arguments, []);

    /// <summary>Runs it with these environment variables besides.</summary>
    public static Ended Run(string name, string[] arguments, Dictionary<string, string> environment)
    {
        using var sample = new SampleProcess(name, arguments, environment);
        return sample.End();
    }

    /// <summary>The next line of its output; null at the end.</summary>
    public string? ReadLine() => process.StandardOutput.ReadLine();

    /// <summary>Ctrl-C.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public Ended End()
    {
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        Assert.True(Task.WaitAll([error, output], Patience) && process.WaitForExit(Patience), "The sample does not end.");
        return new(process.ExitCode, output.Result, error.Result);
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
