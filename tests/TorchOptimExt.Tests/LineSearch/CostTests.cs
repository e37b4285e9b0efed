using TorchOptimExt.LineSearch;
using TorchOptimExt.Simd;
using TorchOptimExt.Tests.TestFunctions;
using TorchSharp;
using static TorchOptimExt.Tests.LineSearch.Objectives;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

public class CostTests
{
    public static TheoryData<string> All => [.. Variants.Keys];

    [Theory, MemberData(nameof(All))]
    public void A_step_costs_one_backward_pass_and_one_forward_pass_more_than_its_trials(string variant)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([-1.2, 1]);
        var optimizer = Variants[variant]([x]);
        for (var k = 0; k < 10; k++)
        {
            var (forward, withGradient) = (0, 0);
            var (a, b) = (Values(x)[0], Values(x)[1]);
            optimizer.step(() =>
            {
                forward++;
                if (is_grad_enabled()) withGradient++;
                return Functions.Rosenbrock.Value(x);
            });
            Assert.Equal(1 + optimizer.LastStep!.Trials, forward);
            Assert.Equal(forward, optimizer.LastStep.Evaluations);
            // L-BFGS needs the gradient where the step ends; it asks for no other than those of trials that fall enough.
            Assert.Equal(UsesEnd(variant) ? forward : 1, withGradient);
            Assert.InRange(optimizer.LastStep.Gradients, UsesEnd(variant) ? 2 : 1, withGradient);
            // A second backward pass would have doubled what the first one left.
            double[] gradient = [-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)];
            Assert.Equal(gradient, Values(x.grad!), (u, v) => Math.Abs(u - v) <= 1e-12 * gradient.Max(Math.Abs));
        }
    }

    private static bool UsesEnd(string variant) => variant.StartsWith("L-BFGS", StringComparison.Ordinal);

    [Fact]
    public void Trials_share_one_saved_copy()
    {
        using var scope = NewDisposeScope();
        var parameters = Enumerable.Range(0, 20).Select(_ => TestFunction.At([1, 2, 3])).ToArray();
        var optimizer = optim.ArmijoGD(parameters);
        var calls = 0;
        List<long> alive = [];
        optimizer.step(() =>
        {
            alive.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            using var inner = NewDisposeScope();
            return (parameters.Select(p => p.sum()).Aggregate((u, v) => u + v) + 1e6 * calls++).MoveToOuterDisposeScope();
        });
        Assert.Equal(31, optimizer.LastStep!.Trials);
        Assert.Single(alive.Skip(1).Distinct());
    }

    [Fact]
    public void A_trial_is_one_pass_over_memory_and_the_return_is_bitwise()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var pass = new FusedPass<RayRule>();
        double[] start = [0.1, -0.0, 1e-310, 4, 5];
        var (param, direction, origin) = (tensor(start), tensor([1.0, 2, 3, 4, 5]), tensor(start));
        Assert.True(pass.Add(new RayRule(-0.25), param, direction, origin));
        pass.Run();
        Assert.Equal(start.Zip([1.0, 2, 3, 4, 5], (s, d) => s - 0.25 * d), Values(param));
        Assert.Equal(Bits(tensor(start)), Bits(origin));
    }

    [Fact]
    public void The_first_trial_saves_where_it_began_in_the_same_pass()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var pass = new FusedPass<DepartureRule>();
        double[] start = [0.1, -0.0, 1e-310, 4, 5];
        var (param, direction, origin) = (tensor(start), tensor([1.0, 2, 3, 4, 5]), tensor(new double[5]));
        Assert.True(pass.Add(new DepartureRule(-0.25), param, direction, origin));
        pass.Run();
        Assert.Equal(start.Zip([1.0, 2, 3, 4, 5], (s, d) => s - 0.25 * d), Values(param));
        Assert.Equal(Bits(tensor(start)), Bits(origin));
    }

    [Theory, MemberData(nameof(All))]
    public void A_step_leaves_no_tensor_behind(string variant)
    {
        var x = TestFunction.At([-1.2, 1]);
        using var optimizer = Variants[variant]([x]);
        // The first step makes what all use again, the second one the room for a quasi-Newton direction.
        Step();
        Step();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var k = 0; k < 20; k++) Step();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        // What the closure makes is disposed by the closure, as a careful one does.
        void Step() => optimizer.step(() =>
        {
            using var inner = NewDisposeScope();
            return Functions.Rosenbrock.Value(x).MoveToOuterDisposeScope();
        }).Dispose();
    }

    [Theory, MemberData(nameof(All))]
    public void A_dispose_scope_around_a_step_may_end(string variant)
    {
        var x = TestFunction.At([-1.2, 1]);
        using var optimizer = Variants[variant]([x]);
        for (var k = 0; k < 5; k++)
        {
            using var scope = NewDisposeScope();
            optimizer.step(Closure(Functions.Rosenbrock, x));
            Assert.True(optimizer.LastStep!.Moved);
        }
        Assert.NotNull(x.grad);
    }
}
