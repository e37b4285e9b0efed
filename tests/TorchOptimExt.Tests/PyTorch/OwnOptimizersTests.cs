using TorchOptimExt.PyTorch;
using TorchOptimExt.Tests.Checkpointing;
using static TorchSharp.torch;
using Trained = TorchOptimExt.Tests.Checkpointing.Training;

namespace TorchOptimExt.Tests.PyTorch;

/// <summary>Optimizers that PyTorch lacks, in PyTorch's files.</summary>
[Collection(nameof(RandomNumbers))]
public class OwnOptimizersTests
{
    public static TheoryData<string> Optimizers { get; } =
        ["EwmaMomentum", "ArmijoGD", "ArmijoNewton", "WolfeLBFGS", "TrustRegionNewton", "ARS", "RpropMinus", "RpropPlus", "IRpropPlus"];

    [Theory, MemberData(nameof(Optimizers))]
    public void A_training_goes_on_from_a_file_as_if_it_had_not_stopped(string name)
    {
        using var folder = new TemporaryFolder();
        using var training = new Trained(name);
        training.Run(5);
        PyTorchCheckpoint.Save(folder["a.pt"], training.Model, training.Optimizer);
        using var resumed = new Trained(name, seed: 2);
        resumed.Run(1);
        PyTorchCheckpoint.Load(folder["a.pt"], resumed.Model, resumed.Optimizer);
        using var state = random.get_rng_state();
        training.Run(4);
        random.set_rng_state(state);
        resumed.Run(4);
        Assert.Equal(training.Bits(), resumed.Bits());
    }

    [Fact]
    public void A_file_has_the_names_of_the_documentation()
    {
        using var scope = NewDisposeScope();
        using var training = new Trained("ArmijoGD");
        training.Run(1);
        var saved = PyTorchCheckpoint.StateDict(training.Optimizer);
        Assert.Equal("TorchOptimExt.LineSearch.ArmijoGD", saved["class"]);
        var group = (PyTorchDictionary)((List<object?>)saved["param_groups"]!)[0]!;
        Assert.Equal((0.5, "Grow", 3L), ((double)group["momentum"]!, (string)group["first_trial"]!, (long)group["history"]!));
        var state = (PyTorchDictionary)((PyTorchDictionary)saved["state"]!)[0]!;
        Assert.Equal(["step", "numbers", "tensors"], state.Keys);
    }

    [PythonFact]
    public void Python_reads_a_file_as_the_documentation_says()
    {
        using var folder = new TemporaryFolder();
        using var training = new Trained("ArmijoGD");
        training.Run(2);
        PyTorchCheckpoint.Save(folder["own.pt"], training.Model, training.Optimizer);
        PythonTorch.Run("own", Path.GetDirectoryName(folder["own.pt"])!);
    }

    [Theory]
    [InlineData("RpropMinus", "RpropPlus", "RpropMinus")]
    [InlineData("fused Adam", "ArmijoGD", "one of PyTorch's optimizers")]
    [InlineData("ArmijoGD", "fused Adam", "another class")]
    public void The_file_of_another_optimizer_is_refused_and_changes_nothing(string from, string into, string named)
    {
        using var folder = new TemporaryFolder();
        using var training = new Trained(from);
        training.Run(1);
        PyTorchCheckpoint.Save(folder["a.pt"], training.Model, training.Optimizer);
        using var other = new Trained(into, seed: 2);
        var before = other.Bits();
        var e = Assert.Throws<PyTorchFileException>(() => PyTorchCheckpoint.Load(folder["a.pt"], other.Model, other.Optimizer));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Equal(before, other.Bits());
    }

    [Theory]
    [InlineData("history", 4L, "history")]
    [InlineData("c", 7.0, "c is 7")]
    [InlineData("momentum", "much", "momentum")]
    [InlineData("first_trial", "Never", "first_trial")]
    [InlineData("lr", null, "lr")]
    public void A_value_that_does_not_fit_is_named_and_changes_nothing(string option, object? value, string named)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var training = new Trained("ArmijoGD");
        var tree = PyTorchCheckpoint.StateDict(training.Optimizer);
        ((PyTorchDictionary)((List<object?>)tree["param_groups"]!)[0]!)[option] = value;
        PyTorchFile.Write(folder["a.pt"], new PyTorchDictionary { ["optimizer"] = tree });
        var before = training.Bits();
        var e = Assert.Throws<PyTorchFileException>(() => PyTorchCheckpoint.Load(folder["a.pt"], null, training.Optimizer));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Equal(before, training.Bits());
    }
}
