using System.Diagnostics;

namespace TorchOptimExt.Tests.Checkpointing;

public class KilledTrainingTests
{
    private const int Steps = 12;

    [Fact]
    public void A_training_killed_again_and_again_while_it_saves_ends_as_one_that_never_was()
    {
        using var folder = new TemporaryFolder();
        var expected = Result(folder["undisturbed"]);
        foreach (var stop in (int[])[0, 4, 5, 11])
        {
            KillAmidst(folder["killed"], stop);
            Assert.NotEqual(0, new FileInfo(Assert.Single(Partial(folder))).Length);
            if (stop == 0) Assert.False(File.Exists(folder["killed"]));
            else Assert.Equal(stop - 1, Checkpoint.Read(folder["killed"]).Values["step"]);
        }
        Assert.Equal(expected, Result(folder["killed"]));
        Assert.Empty(Partial(folder));
    }

    [Fact]
    public void A_checkpoint_that_a_limit_does_not_allow_is_an_IOException_and_leaves_the_last_one()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new TemporaryFolder();
        KillAmidst(folder["killed"], 1);
        var before = File.ReadAllBytes(folder["killed"]);
        // Of 1,000 blocks of 512 bytes at most; a program that does not ignore the signal is ended by it.
        var limited = new ProcessStartInfo("/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 1000; exec \"$@\"", "sh", .. Command(folder["killed"])]) { RedirectStandardError = true };
        limited.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using var training = Process.Start(limited)!;
        var error = training.StandardError.ReadToEnd();
        training.WaitForExit();
        Assert.Contains($"System.IO.IOException: The checkpoint '{folder["killed"]}' cannot be written: it is larger", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder["killed"]));
        Assert.Empty(Partial(folder));
    }

    private static string[] Partial(TemporaryFolder folder) => Directory.GetFiles(Path.GetDirectoryName(folder["killed"])!, "killed.*.partial");

    private static string Result(string path)
    {
        using var training = Start(path);
        return Line(training);
    }

    private static void KillAmidst(string path, int stop)
    {
        using var training = Start(path, $"{stop}");
        Assert.Equal($"amidst {stop}", Line(training));
        training.Kill();
        training.WaitForExit();
    }

    private static string Line(Process training) =>
        training.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The training ended early: {training.StandardError.ReadToEnd()}");

    private static Process Start(string path, params string[] stop)
    {
        var (host, arguments) = (Command(path)[0], Command(path)[1..]);
        return Process.Start(new ProcessStartInfo(host, [.. arguments, .. stop]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    private static string[] Command(string path) =>
        [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "CheckpointedTraining.dll"), path, $"{Steps}"];
}
