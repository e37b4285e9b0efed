using TorchOptimExt.Checkpointing;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Checkpointing;

[Collection(nameof(RandomNumbers))]
public class SaveTests
{
    private static readonly Dictionary<string, object> Values = new()
    {
        ["flag"] = true,
        ["epoch"] = 3,
        ["rows"] = 5_000_000_000,
        ["rate"] = 0.1f,
        ["loss"] = double.NaN,
        ["name"] = "größe",
        ["bytes"] = new byte[] { 1, 2 },
        ["ints"] = new[] { -1, 2 },
        ["longs"] = new[] { long.MinValue },
        ["floats"] = Array.Empty<float>(),
        ["doubles"] = new[] { 0.1, double.NegativeInfinity },
    };

    [Fact]
    public void Values_come_back_with_their_types()
    {
        using var folder = new TemporaryFolder();
        using var training = new Training("SGD");
        training.Save(folder["a"], Values);
        Assert.Equal(Values, training.Load(folder["a"]).Values);
        Assert.Equal(Values, Checkpoint.Read(folder["a"]).Values);
    }

    [Fact]
    public void A_module_alone_is_saved_and_loaded()
    {
        using var folder = new TemporaryFolder();
        using var training = new Training("Adam");
        training.Run(2);
        Checkpoint.Save(folder["a"], training.Model);
        using var other = new Training("Adam", seed: 2);
        Checkpoint.Load(folder["a"], other.Model);
        Assert.Equal(training.Model.state_dict().Values.Select(t => Convert.ToHexString(t.bytes)), other.Model.state_dict().Values.Select(t => Convert.ToHexString(t.bytes)));
        var error = Assert.Throws<CheckpointException>(() => other.Load(folder["a"]));
        Assert.Contains("has no optimizer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_is_taken_from_a_whole_training_without_touching_the_random_state()
    {
        using var folder = new TemporaryFolder();
        using var training = new Training("Adam", "StepLR");
        training.Run(2);
        training.Save(folder["a"]);
        using var other = new Training("SGD", seed: 2);
        using var before = random.get_rng_state();
        Checkpoint.Load(folder["a"], other.Model, restoreRandomState: false);
        using var after = random.get_rng_state();
        Assert.Equal(before.bytes.ToArray(), after.bytes.ToArray());
        Assert.Equal(training.Model.state_dict().Values.Select(t => Convert.ToHexString(t.bytes)), other.Model.state_dict().Values.Select(t => Convert.ToHexString(t.bytes)));
    }

    [Fact]
    public void A_save_that_fails_leaves_the_old_file_whole_and_no_other()
    {
        using var folder = new TemporaryFolder();
        using var training = new Training("SGD");
        training.Save(folder["a"]);
        var before = File.ReadAllBytes(folder["a"]);
        var error = Assert.Throws<ArgumentException>(() => training.Save(folder["a"], new Dictionary<string, object> { ["when"] = DateTime.UnixEpoch }));
        Assert.Contains("'when' is System.DateTime", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder["a"]));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(folder["a"])!));
    }

    [Fact]
    public void What_cannot_be_saved_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var training = new Training("SGD", "StepLR");
        using var lbfgs = optim.LBFGS(training.Model.parameters());
        var error = Assert.Throws<ArgumentException>("optimizer", () => Checkpoint.Save(folder["a"], training.Model, lbfgs));
        Assert.Contains("LBFGS", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("optimizer", () => Checkpoint.Save(folder["a"], training.Model, scheduler: training.Scheduler));
        Assert.Throws<ArgumentNullException>("module", () => Checkpoint.Save(folder["a"], null!));
        Assert.Throws<ArgumentException>("path", () => Checkpoint.Save("", training.Model));
        Assert.Throws<DirectoryNotFoundException>(() => Checkpoint.Save(folder["no/a"], training.Model));
        Assert.Throws<FileNotFoundException>(() => Checkpoint.Load(folder["a"], training.Model));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(folder["a"])!));
    }
}
