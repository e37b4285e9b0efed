using ElasticDigits;

namespace Samples.Tests;

public class ElasticSearchTests
{
    [Fact]
    public void Three_silos_of_which_one_is_killed_find_what_one_process_finds()
    {
        const int Steps = 12;
        var ended = SampleProcess.Run("ElasticSearch", "--steps", $"{Steps}");
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
        Assert.Contains("; a silo is killed", ended.Output, StringComparison.Ordinal);
        using var alone = Problem.Create();
        for (var step = 0; step < Steps; step++) alone.Optimizer.step(alone.Objective);
        var accuracy = Problem.TestAccuracy((TorchSharp.Modules.Linear)alone.Module);
        var last = FormattableString.Invariant($"{Steps} steps; 0 directions dropped; test accuracy {accuracy:P1}");
        Assert.Equal(last, ended.Output.TrimEnd().Split('\n')[^1]);
    }

    [Fact]
    public void Number_of_steps_below_one_is_refused() =>
        Assert.Contains("--steps must be at least 1.", SampleProcess.Run("ElasticSearch", "--steps", "0").Error, StringComparison.Ordinal);
}
