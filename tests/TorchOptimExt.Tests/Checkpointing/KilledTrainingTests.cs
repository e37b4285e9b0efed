using System.Diagnostics;
using Xunit.Abstractions;

namespace TorchOptimExt.Tests.Checkpointing;

public class KilledTrainingTests(ITestOutputHelper output)
{
    private const int Steps = 24;

    [Fact]
    public void A_training_killed_again_and_again_while_it_saves_ends_as_one_that_never_was()
    {
        using var folder = new TemporaryFolder();
        string expected;
        using (var undisturbed = Start(folder["undisturbed"])) expected = Follow(undisturbed, Steps)!;

        var (random, killed, amidst) = (new Random(1), 0, 0);
        string? result;
        while (true)
        {
            using var training = Start(folder["killed"]);
            if ((result = Follow(training, random.Next(2, 5))) is not null) break;
            training.WaitForExit(TimeSpan.FromMilliseconds(random.Next(25)));
            training.Kill();
            training.WaitForExit();
            killed++;
            if (File.Exists(folder["killed.partial"])) amidst++;
            Assert.InRange((int)Checkpoint.Read(folder["killed"]).Values["step"], 0, Steps - 1);
        }
        output.WriteLine($"{killed} times killed, {amidst} times amidst a save");
        Assert.Equal(expected, result);
        Assert.NotEqual(0, amidst);
        Assert.False(File.Exists(folder["killed.partial"]));
    }

    /// <summary>Returns null when a number of saves have begun, or the training's result if that comes first.</summary>
    private static string? Follow(Process training, int saves)
    {
        for (var begun = 0; ;)
        {
            var line = training.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The training ended early: {training.StandardError.ReadToEnd()}");
            if (!line.StartsWith("saving ", StringComparison.Ordinal)) return line;
            if (++begun == saves && saves < Steps) return null;
        }
    }

    private static Process Start(string path)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "CheckpointedTraining.dll");
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return Process.Start(new ProcessStartInfo(host, [program, path, $"{Steps}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }
}
