using System.Security.Cryptography;
using TorchOptimExt.Checkpointing;
using static TorchSharp.torch;
using static TorchSharp.torch.optim.lr_scheduler;

namespace TorchOptimExt.Tests.Checkpointing;

/// <summary>Files that must not be loaded: the error says why, and every bit of the training stays as it was.</summary>
[Collection(nameof(RandomNumbers))]
public class RefusedFileTests
{
    private const string Optimizer = "SGD, two groups", Schedule = "SequentialLR";

    [Fact]
    public void A_file_truncated_anywhere_is_refused_and_nothing_changes() => RefuseAll((path, whole, refuse) =>
    {
        File.WriteAllBytes(path, whole);
        for (var length = whole.Length - 1; length >= 0; length--)
        {
            using (var file = File.OpenWrite(path)) file.SetLength(length);
            refuse();
        }
    });

    [Fact]
    public void A_file_with_a_flipped_bit_anywhere_is_refused_and_nothing_changes() => RefuseAll((path, whole, refuse) =>
    {
        File.WriteAllBytes(path, whole);
        for (var place = 0; place < whole.Length; place++)
        {
            Put(place, (byte)(whole[place] ^ (1 << (place % 8))));
            refuse();
            Put(place, whole[place]);
        }

        void Put(long place, byte value)
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
            RandomAccess.Write(file, [value], place);
        }
    });

    // What a bad disk cannot do but another program version can: content that ends early or goes on, with its right
    // checksum. The optimizer has read part of its state when it notices.
    [Fact]
    public void A_content_of_another_length_is_refused_and_nothing_changes() => RefuseAll((path, whole, refuse) =>
    {
        var content = whole[..^SHA256.HashSizeInBytes];
        for (var less = 1; less <= 300; less++)
        {
            File.WriteAllBytes(path, Sealed(content[..^less]));
            // It ends there, and the checksum, which could be the size of anything, is not read on.
            Assert.IsType<EndOfStreamException>(refuse().InnerException);
        }
        foreach (var longer in (byte[][])[[.. content, 0], [.. content, .. whole]])
        {
            File.WriteAllBytes(path, Sealed(longer));
            refuse();
        }
    });

    // The optimizer has loaded the file's hyperparameters when the file turns out to be too long: its own come back.
    [Theory]
    [InlineData("EwmaMomentum")]
    [InlineData("ArmijoGD")]
    public void A_momentum_that_a_schedule_set_beyond_its_range_survives_a_refused_file(string optimizer)
    {
        using var folder = new TemporaryFolder();
        using var saver = new Training(optimizer);
        saver.Save(folder["a"]);
        File.WriteAllBytes(folder["a"], Sealed([.. File.ReadAllBytes(folder["a"])[..^SHA256.HashSizeInBytes], 0]));
        using var training = new Training(optimizer, "CyclicLR", seed: 2);
        training.Run(4);
        var before = training.Bits();
        Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder["a"], training.Model, training.Optimizer));
        Assert.Equal(before, training.Bits());
    }

    private static byte[] Sealed(byte[] content) => [.. content, .. SHA256.HashData(content)];

    private static void RefuseAll(Action<string, byte[], Func<CheckpointException>> damage)
    {
        using var folder = new TemporaryFolder();
        using var saver = new Training(Optimizer, Schedule);
        saver.Run(7);
        saver.Save(folder["whole"], new Dictionary<string, object> { ["epoch"] = 7 });
        using var twin = new Training(Optimizer, Schedule, seed: 2);
        twin.Run(3);
        var (before, expected) = (twin.Bits(), twin.BitsAfter(5));
        using var training = new Training(Optimizer, Schedule, seed: 2);
        training.Run(3);
        damage(folder["damaged"], File.ReadAllBytes(folder["whole"]), () =>
        {
            var error = Assert.Throws<CheckpointException>(() => training.Load(folder["damaged"]));
            Assert.Contains(folder["damaged"], error.Message, StringComparison.Ordinal);
            return error;
        });
        Assert.Equal(before, training.Bits());
        Assert.Equal(expected, training.BitsAfter(5));
    }

    [Fact]
    public void A_file_of_another_version_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var training = new Training("SGD");
        training.Save(folder["a"]);
        var bytes = File.ReadAllBytes(folder["a"]);
        bytes[8] = 2;
        File.WriteAllBytes(folder["a"], Sealed(bytes[..^SHA256.HashSizeInBytes]));
        Refuse(training, folder["a"], "version 2", "version 1");
    }

    [Fact]
    public void A_file_of_something_else_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var training = new Training("SGD");
        training.Model.save(folder["a"]);
        Refuse(training, folder["a"], "is not a checkpoint");
    }

    [Theory]
    [InlineData("Adam", "AdamW", "'Adam'", "'AdamW'")]
    [InlineData("RpropPlus", "IRpropPlus", "'RpropPlus'", "'IRpropPlus'")]
    [InlineData("SGD, two groups", "SGD", "'group 1'", "'norm.weight Float32 [6]'")]
    [InlineData("SGD", "SGD, two groups", "'norm.weight Float32 [6]'", "'group 1'")]
    public void A_file_of_another_optimizer_is_refused(string saved, string loading, params string[] said)
    {
        using var folder = new TemporaryFolder();
        using var saver = new Training(saved);
        saver.Save(folder["a"]);
        using var training = new Training(loading, seed: 2);
        training.Run(2);
        Refuse(training, folder["a"], said);
    }

    [Fact]
    public void Parameters_of_the_same_shape_in_another_order_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var module = nn.Sequential(("a", nn.Linear(2, 2)), ("b", nn.Linear(2, 2)));
        using var forward = optim.Adam(module.parameters());
        using var backward = optim.Adam(module.parameters().Reverse());
        Checkpoint.Save(folder["a"], module, forward);
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder["a"], module, backward));
        Assert.Contains("'a.weight Float32 [2, 2]' where the optimizer has 'b.bias Float32 [2]'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_module_is_refused_with_every_difference()
    {
        using var folder = new TemporaryFolder();
        using var saver = new Training("SGD");
        saver.Save(folder["a"]);
        using var wider = new Training("SGD", hidden: 8);
        Refuse(wider, folder["a"], "'first.weight' is Float32 [6, 4] in the file and Float32 [8, 4] in the module", "'last.weight' is Float32 [2, 6] in the file");
        using var finer = new Training("SGD", dtype: ScalarType.Float64);
        Refuse(finer, folder["a"], "'first.weight' is Float32 [6, 4] in the file and Float64 [6, 4] in the module");
        using var other = nn.Sequential(("first", nn.Linear(4, 6)), ("new", nn.Linear(6, 2)));
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder["a"], other));
        Assert.Contains("the module has no 'norm.weight'", error.Message, StringComparison.Ordinal);
        Assert.Contains("the file has no 'new.bias'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("StepLR", "LambdaLR", "'class' is StepLR in the file and LambdaLR in the schedule")]
    [InlineData("InverseTimeDecay", "StaircaseDecay", "'decay' is InverseTimeDecay in the file and StaircaseDecay in the schedule")]
    [InlineData("StepLR", null, null)]
    [InlineData(null, "StepLR", "has no schedule")]
    public void A_file_of_another_schedule_is_refused(string? saved, string? loading, string? said)
    {
        using var folder = new TemporaryFolder();
        using var saver = new Training("SGD", saved);
        saver.Save(folder["a"]);
        using var training = new Training("SGD", loading, seed: 2);
        training.Run(2);
        if (said is null) training.Load(folder["a"]);
        else Refuse(training, folder["a"], said);
    }

    private static void Refuse(Training training, string path, params string[] said)
    {
        var before = training.Bits();
        var error = Assert.Throws<CheckpointException>(() => training.Load(path));
        Assert.All(said, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, training.Bits());
    }

    [Fact]
    public void A_module_that_cannot_be_written_leaves_everything_as_it_was()
    {
        using var folder = new TemporaryFolder();
        using var saver = new Training("SGD with momentum");
        saver.Run(3);
        Checkpoint.Save(folder["a"], new WithBuffer(saver.Model, ones(4)), saver.Optimizer);
        using var training = new Training("SGD with momentum", seed: 2);
        training.Run(1);
        using var twin = new Training("SGD with momentum", seed: 2);
        twin.Run(1);
        var unwritable = zeros(1).expand(4);       // one element of memory: libtorch refuses to write four
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => Checkpoint.Load(folder["a"], new WithBuffer(training.Model, unwritable), training.Optimizer));
        Assert.Equal(twin.Model.parameters().Select(p => Convert.ToHexString(p.bytes)), training.Model.parameters().Select(p => Convert.ToHexString(p.bytes)));
        Assert.Equal(State(twin), State(training));
    }

    private sealed class WithBuffer : nn.Module
    {
        public WithBuffer(nn.Module inner, Tensor buffer) : base(nameof(WithBuffer))
        {
            register_module(nameof(inner), inner);
            register_buffer(nameof(buffer), buffer);
        }
    }

    private static string State(Training training)
    {
        using var state = new MemoryStream();
        using var writer = new BinaryWriter(state);
        training.Optimizer.save_state_dict(writer);
        return Convert.ToHexString(state.ToArray()) + Convert.ToHexString(random.get_rng_state().bytes);
    }

    [Fact]
    public void A_schedule_of_one_s_own_is_kept_where_it_holds_numbers_and_refused_where_it_holds_more()
    {
        using var folder = new TemporaryFolder();
        using var training = new Training("SGD");
        var own = new Halving(training.Optimizer);
        for (var k = 0; k < 3; k++) own.step();
        Checkpoint.Save(folder["a"], training.Model, training.Optimizer, own);
        var other = new Halving(training.Optimizer);
        Checkpoint.Load(folder["a"], training.Model, training.Optimizer, other);
        own.step();
        var expected = own.get_last_lr().ToArray();
        Checkpoint.Load(folder["a"], training.Model, training.Optimizer, other);
        other.step();
        Assert.Equal(expected, other.get_last_lr());

        own.remembered = [];
        var error = Assert.Throws<ArgumentException>(() => Checkpoint.Save(folder["b"], training.Model, training.Optimizer, own));
        Assert.Contains("remembered", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["b"]));
    }

    private sealed class Halving(optim.Optimizer optimizer) : LRScheduler(optimizer)
    {
        private double factor = 1;
        public Queue<double>? remembered;

        protected override IEnumerable<double> get_lr()
        {
            factor /= 2;
            return get_last_lr().Select(_ => factor);
        }
    }
}
