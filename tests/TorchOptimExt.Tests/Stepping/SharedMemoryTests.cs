using TorchOptimExt.Stepping;
using TorchOptimExt.Tests.FirstOrder;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Stepping;

/// <summary>Parameters that share memory, also since the optimizer was made.</summary>
public class SharedMemoryTests
{
    public static TheoryData<string> All => FirstOrderOptimizer.Names;

    [Theory]
    [MemberData(nameof(All))]
    public void Weights_tied_after_the_optimizer_was_made_are_updated_one_after_the_other(string name)
    {
        const int Size = 300_000;       // enough for two threads
        using var scope = NewDisposeScope();
        Parameter first = new(ones(Size)), second = new(ones(Size)), alone = new(ones(Size));
        using var optimizer = FirstOrderOptimizer.Named(name).Make([first, alone, second], 0.05);
        Step();
        Assert.True(((IFusedOptimizer)optimizer).LastStepFused);
        using (no_grad()) second.set_(first);
        for (var k = 0; k < 3; k++) Step();
        Assert.False(((IFusedOptimizer)optimizer).LastStepFused);
        Assert.Equal("parameter 0 of shape [300000] and parameter 2 of shape [300000] share memory", ((IFusedOptimizer)optimizer).LastStepNotFusedBecause);
        Assert.True(first.equal(first[0]).all().ToBoolean());       // every element has seen the same
        Assert.NotEqual(alone[0].ToSingle(), first[0].ToSingle());  // two updates a step
        using (no_grad()) second.set_(first.clone());
        Step();
        Assert.True(((IFusedOptimizer)optimizer).LastStepFused);

        void Step()
        {
            foreach (var p in (Parameter[])[first, second, alone]) p.grad = full(Size, 0.5f);
            optimizer.step(() => tensor(1.0));
        }
    }

    [Theory]
    [MemberData(nameof(Odd))]
    public void One_odd_parameter_leaves_the_others_in_one_pass(string what, Func<Parameter> odd)
    {
        using var scope = NewDisposeScope();
        Parameter plain = new(ones(1000)), reference = new(ones(1000)), other = odd();
        using var optimizer = optim.fused.Adam([plain, other]);
        using var alone = optim.fused.Adam([reference]);
        for (var step = 0; step < 3; step++)
        {
            (plain.grad, reference.grad, other.grad) = (ones(1000), ones(1000), ones_like(other));
            optimizer.step();
            alone.step();
        }
        Assert.StartsWith("parameter 1 ", optimizer.LastStepNotFusedBecause, StringComparison.Ordinal);
        Assert.True(plain.bytes.SequenceEqual(reference.bytes), what);
        Assert.True((other < 1).all().ToBoolean());
    }

    public static TheoryData<string, Func<Parameter>> Odd => new()
    {
        { "strided", () => new(ones(8)[TensorIndex.Slice(step: 2)]) },
        { "negated", () => new(complex(zeros(4), -ones(4)).conj().imag) },
    };

    [Fact]
    public void Half_types_beside_float32_take_one_pass()
    {
        using var scope = NewDisposeScope();
        List<Parameter> parameters = [new(ones(1000)), new(ones(4, bfloat16)), new(ones(4, float16)), new(ones(4, float64)), new(tensor(1f, bfloat16))];
        using var optimizer = optim.fused.Rprop(parameters);
        for (var step = 0; step < 3; step++)
        {
            foreach (var p in parameters) p.grad = ones_like(p);
            optimizer.step();
            Assert.True(optimizer.LastStepFused, optimizer.LastStepNotFusedBecause);
        }
        foreach (var p in parameters) Assert.Equal(1 - 0.01 * (1 + 1.2 + 1.44), p.to_type(float64).mean().ToDouble(), p.dtype is ScalarType.BFloat16 ? 2e-2 : 2e-3);
    }
}
