using TorchOptimExt.Tests.FirstOrder;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Stepping;

/// <summary>What cannot be optimized is said where it enters, before TorchSharp makes anything of it.</summary>
public class RefusedAtTheStartTests
{
    public static TheoryData<string> Fused => [.. FirstOrderOptimizer.All.Where(o => o.IsTorchSharps).Select(o => o.Name)];

    // A finalizer that fails ends the process.
    [Fact]
    public void A_value_that_does_not_fit_the_dtype_is_refused_and_nothing_fails_later()
    {
        using var scope = NewDisposeScope();
        Refused("lr", "1E+39", () => optim.fused.Rprop([new Parameter(zeros(2))], lr: 1e39));
        Refused("lr", "Float16", () => optim.fused.Rprop([new Parameter(zeros(2, float16))], lr: 1e5));
        Refused("lr", "BFloat16", () => optim.fused.Rprop([new Parameter(zeros(2)), new(zeros(2, bfloat16))], lr: 3.4e38));
        Refused("initial_accumulator_value", "1E+39", () => optim.fused.Adagrad([new Parameter(zeros(2))], initial_accumulator_value: 1e39));
        Refused("lr", "1E+39", () => optim.RpropMinus([new Parameter(zeros(2))], lr: 1e39, max_step: 1e40));
        Refused("lr", "1E+39", () => optim.RpropPlus([new Parameter(zeros(2, float16))], lr: 1e39, max_step: 1e40));
        optim.fused.Rprop([new Parameter(zeros(2, float64))], lr: 1e39).Dispose();
        optim.fused.Rprop([new Parameter(zeros(2, float16))], lr: 65504).Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        static void Refused(string name, string what, Func<object> make)
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(make);
            Assert.Equal(name, error.ParamName);
            Assert.Contains(what, error.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void A_list_with_a_null_a_sparse_or_a_disposed_parameter_is_refused(string name)
    {
        using var scope = NewDisposeScope();
        var gone = new Parameter(ones(2));
        gone.Dispose();
        Refused("null", null!);
        Refused("sparse", new Parameter(zeros(2, 2).to_sparse(), requires_grad: false));
        Refused("disposed", gone);
        GC.Collect();
        GC.WaitForPendingFinalizers();

        void Refused(string why, Parameter bad)
        {
            var error = Assert.Throws<ArgumentException>(() => FirstOrderOptimizer.Named(name).Make([new(ones(3)), bad], 0.1));
            Assert.Contains(why, error.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void A_group_that_cannot_join_leaves_the_optimizer_as_it_was(string name)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(3));
        using var optimizer = FirstOrderOptimizer.Named(name).Make([parameter], 0.1);
        foreach (var group in (ParamGroup[])[
            new() { Parameters = [new(ones(2)), null!] },
            new() { Parameters = [new(ones(2)), new(zeros(2, 2).to_sparse(), requires_grad: false)] },
            new() { Parameters = [new(ones(2))], Options = new OtherOptions() }])
        {
            Assert.Throws<ArgumentException>(() => optimizer.add_param_group(group));
            Assert.Single(optimizer.ParamGroups);
            Assert.Single(optimizer.state_dict().State);
        }
        parameter.grad = ones(3);
        optimizer.step();
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void A_dictionary_of_another_optimizer_is_refused_and_changes_nothing(string name)
    {
        using var scope = NewDisposeScope();
        Parameter parameter = new(ones(3)) { grad = ones(3) }, other = new(ones(3)) { grad = ones(3) }, longer = new(ones(4)) { grad = ones(4) };
        using var optimizer = FirstOrderOptimizer.Named(name).Make([parameter], 0.25);
        optimizer.step();
        var before = Save(optimizer);
        using OptimizerHelper wrong = name.StartsWith("SGD", StringComparison.Ordinal) ? optim.Adam([other], 0.5) : optim.SGD([other], 0.5, momentum: 0.9);
        wrong.step();
        Refused($"is of {wrong.GetType().Name}", wrong.state_dict());
        using var another = FirstOrderOptimizer.Named(name).Make([longer], 0.5);
        another.step();
        if (name != "SGD") Refused("parameter 0 of shape [3] is Float32 of shape [4]", another.state_dict());      // which has no state
        optimizer.load_state_dict(optimizer.state_dict());
        Assert.Equal(before, Save(optimizer));

        void Refused(string why, optim.Optimizer.StateDictionary dictionary)
        {
            Assert.Contains(why, Assert.Throws<ArgumentException>(() => optimizer.load_state_dict(dictionary)).Message);
            Assert.Equal(before, Save(optimizer));
        }
    }

    private static byte[] Save(OptimizerHelper optimizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        optimizer.save_state_dict(writer);
        return stream.ToArray();
    }

    private sealed class OtherOptions : OptimizerOptions;
}
