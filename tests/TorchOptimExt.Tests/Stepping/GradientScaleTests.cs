using TorchOptimExt.Stepping;
using TorchOptimExt.Tests.FirstOrder;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Stepping;

/// <summary>A factor of the gradients that the step multiplies by as it reads them.</summary>
public class GradientScaleTests
{
    public static TheoryData<string> All => FirstOrderOptimizer.Names;

    [Theory]
    [MemberData(nameof(All))]
    public void A_factor_gives_what_scaled_gradients_give_and_leaves_them(string name)
    {
        using var scope = NewDisposeScope();
        List<Parameter> Made() => [new(linspace(-1, 1, 1000, float32)), new(linspace(-1, 1, 8, float32)[TensorIndex.Slice(step: 2)])];
        var (scaled, plain) = (Made(), Made());
        using var optimizer = FirstOrderOptimizer.Named(name).Make(scaled, 0.05);
        using var expected = FirstOrderOptimizer.Named(name).Make(plain, 0.05);
        for (var step = 0; step < 4; step++)
        {
            var factor = Math.ScaleB(1, -step);     // exact
            ((IFusedOptimizer)optimizer).GradientScale = () => factor;
            for (var k = 0; k < scaled.Count; k++)
            {
                plain[k].grad = (plain[k].detach() + step).sin();
                scaled[k].grad = plain[k].grad! / factor;
            }
            var before = scaled[0].grad!.clone();
            optimizer.step(() => tensor(1.0));
            expected.step(() => tensor(1.0));
            Assert.True(before.bytes.SequenceEqual(scaled[0].grad!.bytes));
        }
        for (var k = 0; k < scaled.Count; k++) Assert.True(scaled[k].equal(plain[k]).all().ToBoolean());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Null_leaves_the_step_out(string name)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(3)) { grad = ones(3) };
        using var optimizer = FirstOrderOptimizer.Named(name).Make([parameter], 0.05);
        var before = Save(optimizer);
        ((IFusedOptimizer)optimizer).GradientScale = () => null;
        Assert.Equal(7, optimizer.step(() => tensor(7.0)).ToDouble());
        Assert.Equal([1f, 1, 1], parameter.data<float>().ToArray());
        Assert.Equal(before, Save(optimizer));
        Assert.False(((IFusedOptimizer)optimizer).LastStepFused);
        Assert.Equal("GradientScale left the step out", ((IFusedOptimizer)optimizer).LastStepNotFusedBecause);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_factor_that_is_not_finite_is_refused_and_nothing_is_changed(double factor)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(3)) { grad = ones(3) };
        using var optimizer = optim.fused.Adam([parameter]);
        optimizer.GradientScale = () => factor;
        Assert.Contains("finite", Assert.Throws<InvalidOperationException>(() => optimizer.step()).Message);
        Assert.Equal([1f, 1, 1], parameter.data<float>().ToArray());
    }

    [Fact]
    public void Sparse_gradients_are_scaled_and_set_aside_for_the_others()
    {
        using var scope = NewDisposeScope();
        Parameter dense = new(ones(3)), sparse = new(ones(2, 2));
        using var optimizer = optim.fused.SGD([dense, sparse], 0.5);
        optimizer.GradientScale = () => 0.5;
        var (first, second) = (ones(3), sparse_coo_tensor(zeros([2, 1], int64), ones(1), [2, 2]));
        (dense.grad, sparse.grad) = (first, second);
        optimizer.step();
        Assert.Equal([0.75f, 0.75f, 0.75f], dense.data<float>().ToArray());
        Assert.Equal([0.75f, 1, 1, 1], sparse.data<float>().ToArray());
        Assert.Equal([1f, 1, 1], dense.grad!.data<float>().ToArray());
        Assert.Equal([1f, 0, 0, 0], sparse.grad!.to_dense().data<float>().ToArray());
    }

    private static byte[] Save(OptimizerHelper optimizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        optimizer.save_state_dict(writer);
        return stream.ToArray();
    }
}
