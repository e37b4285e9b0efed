using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Checkpointing;

/// <summary>A resumed training against one that was never interrupted, bit by bit.</summary>
[Collection(nameof(RandomNumbers))]
public class ResumeTests
{
    private const int Before = 7, After = 6;

    public static TheoryData<string> Optimizers => [.. Training.Optimizers.Keys];
    public static TheoryData<string> Schedules => [.. Training.Schedules.Keys];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_resumed_optimizer_continues_the_same_trajectory(string optimizer) => Resume(optimizer, null);

    [Theory]
    [MemberData(nameof(Schedules))]
    public void A_resumed_schedule_continues_the_same_trajectory(string schedule) => Resume("SGD, two groups", schedule);

    private static void Resume(string optimizer, string? schedule)
    {
        using var folder = new TemporaryFolder();
        using var training = new Training(optimizer, schedule);
        training.Run(Before);
        training.Save(folder["a"]);
        var saved = training.Bits();
        var expected = training.BitsAfter(After);

        using var resumed = new Training(optimizer, schedule, seed: 2);
        resumed.Run(2);
        Assert.NotEqual(saved, resumed.Bits());
        resumed.Load(folder["a"]);
        Assert.Equal(saved, resumed.Bits());
        Assert.Equal(expected, resumed.BitsAfter(After));
    }

    // TorchSharp's CyclicLR reaches a momentum of 1 by default, which a constructor refuses.
    [Theory]
    [InlineData("EwmaMomentum")]
    [InlineData("ArmijoGD")]
    public void A_momentum_that_a_schedule_set_beyond_its_range_is_resumed_with(string optimizer)
    {
        const int Peak = 4;
        using var folder = new TemporaryFolder();
        using var training = new Training(optimizer, "CyclicLR");
        training.Run(Peak);
        Assert.Equal(1, ((optim.IMomentum)training.Optimizer.ParamGroups.Single()).Momentum);
        training.Save(folder["a"]);
        var expected = training.BitsAfter(After);
        using var resumed = new Training(optimizer, "CyclicLR", seed: 2);
        resumed.Load(folder["a"]);
        Assert.Equal(expected, resumed.BitsAfter(After));
    }

    [Theory]
    [InlineData("Adadelta", "fused Adadelta")]
    [InlineData("fused Rprop", "Rprop")]
    [InlineData("SGD with momentum", "fused SGD")]
    [InlineData("fused Adam", "Adam")]
    public void TorchSharp_s_optimizer_and_its_fused_version_load_each_other(string saver, string loader)
    {
        using var folder = new TemporaryFolder();
        using var a = new Training(saver);
        a.Run(Before);
        a.Save(folder["a"]);
        using var b = new Training(loader, seed: 2);
        b.Load(folder["a"]);
        Assert.Equal(a.Bits(), b.Bits());
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void An_optimizer_survives_the_dispose_scope_that_a_load_was_in(string optimizer)
    {
        using var folder = new TemporaryFolder();
        using var training = new Training(optimizer);
        training.Run(Before);
        training.Save(folder["a"]);
        var expected = training.BitsAfter(After);
        using var resumed = new Training(optimizer, seed: 2);
        using (NewDisposeScope()) resumed.Load(folder["a"]);
        Assert.Equal(expected, resumed.BitsAfter(After));
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Saving_and_loading_again_and_again_leaves_no_tensor_alive(string optimizer)
    {
        using var folder = new TemporaryFolder();
        using var training = new Training(optimizer);
        training.Run(2);
        training.Save(folder["a"]);
        training.Load(folder["a"]);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var k = 0; k < 5; k++)
        {
            training.Save(folder["a"]);
            training.Load(folder["a"]);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    public void Every_dtype_of_a_module_is_kept(ScalarType dtype)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var module = nn.Sequential(("a", nn.Linear(3, 2, dtype: dtype)), ("b", nn.BatchNorm1d(2)));
        Checkpoint.Save(folder["a"], module);
        var other = nn.Sequential(("a", nn.Linear(3, 2, dtype: dtype)), ("b", nn.BatchNorm1d(2)));
        Checkpoint.Load(folder["a"], other);
        foreach (var (name, tensor) in module.state_dict()) Assert.Equal(tensor.bytes.ToArray(), other.state_dict()[name].bytes.ToArray());
    }

    [Fact]
    public void Tensors_of_no_elements_of_no_dimensions_and_not_contiguous_ones_are_kept()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var a = new Shapes(arange(6.0).reshape(2, 3));
        using var b = new Shapes(zeros(2, 3));
        Checkpoint.Save(folder["a"], a);
        Checkpoint.Load(folder["a"], b);
        Assert.Equal(a.transposed.contiguous().bytes.ToArray(), b.transposed.contiguous().bytes.ToArray());
        Assert.Equal(a.scalar.ToDouble(), b.scalar.ToDouble());
    }

    private sealed class Shapes : nn.Module
    {
        public readonly Tensor transposed, scalar, nothing;

        public Shapes(Tensor values) : base(nameof(Shapes))
        {
            transposed = values.t();
            scalar = values.sum();
            nothing = empty(0, 3);
            register_buffer(nameof(transposed), transposed);
            register_buffer(nameof(scalar), scalar);
            register_buffer(nameof(nothing), nothing);
        }
    }
}
