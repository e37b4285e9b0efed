using System.Reflection;
using TorchOptimExt;
using TorchSharp.Modules;

namespace Samples.Tests;

/// <summary>The training loop takes every optimizer by its name.</summary>
public class TrainingLoopTests
{
    [Fact]
    public void A_name_that_there_is_not_is_told_those_that_there_are()
    {
        var ended = SampleProcess.Run("TrainingLoop", "--data", "digits", "--optimizer", "nope");

        Assert.Equal(2, ended.ExitCode);
        string[] names = [.. ended.Error.Trim().TrimEnd('.').Split("takes ")[1].Split(", ")];
        Assert.Superset(Factories(typeof(OptimExtensions)).ToHashSet(), names.ToHashSet());
        Assert.Superset(Factories(typeof(FusedOptimizers)).Select(name => "fused." + name).ToHashSet(), names.ToHashSet());
        Assert.Contains("Adam", names);
    }

    // One of each kind: with gradients, with the loss in its closure, with a search along directions, with second derivatives, without
    // gradients. Guessing is right for 10 %.
    [Theory]
    [InlineData("fused.Adam", 50)]
    [InlineData("IRpropPlus", 50)]
    [InlineData("ArmijoGD", 50)]
    [InlineData("TrustRegionNewton", 50)]
    [InlineData("ARS", 15)]
    public void An_optimizer_of_this_library_learns(string name, double percent)
    {
        var ended = SampleProcess.Run("TrainingLoop", "--data", "digits", "--optimizer", name, "--epochs", "1");

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var accuracy = ended.Output.Split("accuracy ")[1].Split('%')[0].Trim();
        Assert.InRange(double.Parse(accuracy), percent, 100);
    }

    private static IEnumerable<string> Factories(Type type) => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance)
        .Where(method => method.GetParameters() is [var first, ..] && first.ParameterType == typeof(IEnumerable<Parameter>))
        .Select(method => method.Name);
}
