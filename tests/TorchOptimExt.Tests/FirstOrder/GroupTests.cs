using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.FirstOrder;

/// <summary>Parameter groups with hyperparameters of their own, which change on the way, beside TorchSharp's optimizers.</summary>
public class GroupTests
{
    private static readonly Dictionary<string, (Func<List<Parameter>, OptimizerHelper> ours, Func<List<Parameter>, OptimizerHelper> theirs, Func<ParamGroup> another)> Grouped = new()
    {
        ["SGD"] = (p => optim.fused.SGD(SGDs(p), 0.05, weight_decay: 0.1), p => optim.SGD(SGDs(p), 0.05, weight_decay: 0.1), () => new SGD.ParamGroup()),
        ["Adagrad"] = (p => optim.fused.Adagrad(Adagrads(p), 0.05, lr_decay: 0.1), p => optim.Adagrad(Adagrads(p), 0.05, lr_decay: 0.1), () => new Adagrad.ParamGroup()),
        ["Adadelta"] = (p => optim.fused.Adadelta(Adadeltas(p), rho: 0.8), p => optim.Adadelta(Adadeltas(p), rho: 0.8), () => new Adadelta.ParamGroup()),
        ["RMSProp"] = (p => optim.fused.RMSProp(RMSProps(p), 0.02, maximize: true), p => optim.RMSProp(RMSProps(p), 0.02, maximize: true), () => new RMSProp.ParamGroup()),
        ["Adam"] = (p => optim.fused.Adam(Adams(p), 0.05, weight_decay: 0.01), p => optim.Adam(Adams(p), 0.05, weight_decay: 0.01), () => new Adam.ParamGroup()),
        ["AdamW"] = (p => optim.fused.AdamW(AdamWs(p), 0.05, weight_decay: 0.01), p => optim.AdamW(AdamWs(p), 0.05, weight_decay: 0.01), () => new AdamW.ParamGroup()),
        ["Rprop"] = (p => optim.fused.Rprop(Rprops(p), 0.03), p => optim.Rprop(Rprops(p), 0.03), () => new Rprop.ParamGroup()),
    };

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (var name in Grouped.Keys) { cases.Add(name, false); cases.Add(name, true); }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Groups_frozen_parameters_and_changing_rates_go_as_in_TorchSharp_s(string name, bool strided)
    {
        using var scope = NewDisposeScope();
        var (ours, theirs) = (Parameters(strided), Parameters(strided: false));
        using var fused = Grouped[name].ours(ours);
        using var builtIn = Grouped[name].theirs(theirs);
        for (var step = 0; step < 20; step++)
        {
            for (var k = 0; k < ours.Count; k++)
            {
                var frozen = k == 1 && step is >= 5 and < 9 || k == 2 && step < 3;
                var gradient = frozen ? null : Gradient(ours[k].shape, step, k);
                (ours[k].grad, theirs[k].grad) = (gradient, gradient?.clone());
            }
            if (step == 12)
                foreach (var optimizer in (OptimizerHelper[])[fused, builtIn])
                {
                    optimizer.ParamGroups.Last().LearningRate *= 0.1;
                    var another = Grouped[name].another();
                    another.Parameters = [(optimizer == fused ? ours : theirs)[^1]];
                    optimizer.add_param_group(another);
                }
            fused.step();
            builtIn.step();
            Assert.Equal(!strided, ((TorchOptimExt.Stepping.IFusedOptimizer)fused).LastStepFused);
        }
        for (var k = 0; k < ours.Count; k++)
        {
            Assert.True(ours[k].allclose(theirs[k], rtol: 1e-12, atol: 1e-14), $"parameter {k}: {ours[k]} instead of {theirs[k]}");
            Assert.False(ours[k].allclose(Parameters(false)[k]), $"parameter {k} has not moved");
        }
        foreach (var (a, b) in fused.state_dict().State.Zip(builtIn.state_dict().State)) Assert.True(a.ApproximatelyEquals(b));
    }

    // Optimizers that TorchSharp lacks: groups are as good as an optimizer each.
    [Theory]
    [MemberData(nameof(Own))]
    public void A_group_goes_as_an_optimizer_of_its_own(string name)
    {
        using var scope = NewDisposeScope();
        var (grouped, alone) = (Parameters(false), Parameters(false));
        var made = FirstOrderOptimizer.Named(name);
        using var optimizer = made.Make(grouped.Take(2), 0.1);
        optimizer.add_param_group(FirstOrderOptimizer.Group(optimizer, grouped.Skip(2), 0.02));
        using var first = made.Make(alone.Take(2), 0.1);
        using var second = made.Make(alone.Skip(2), 0.02);
        for (var step = 0; step < 10; step++)
        {
            for (var k = 0; k < grouped.Count; k++)
            {
                var frozen = k == 1 && step is >= 3 and < 6;
                (grouped[k].grad, alone[k].grad) = frozen ? (null, null) : (Gradient(grouped[k].shape, step, k), Gradient(grouped[k].shape, step, k));
            }
            foreach (var o in (OptimizerHelper[])[optimizer, first, second]) o.step(() => tensor(step % 3 / 1.0));
        }
        foreach (var (a, b) in grouped.Zip(alone)) Assert.True(a.bytes.SequenceEqual(b.bytes));
    }

    public static TheoryData<string> Own => [.. FirstOrderOptimizer.All.Where(o => !o.IsTorchSharps).Select(o => o.Name)];

    private static Tensor Gradient(long[] shape, int step, int k) =>
        (arange(0, shape.Aggregate(1L, (a, b) => a * b), float64).reshape(shape) + step * 3 + k).remainder(7) - 3;

    private static List<Parameter> Parameters(bool strided) =>
        [.. new[] { linspace(-1, 1, 15, float64).reshape(3, 5), ones([7], float64), full([2, 2], 0.5, float64), ones([3], float64), ones([4], float64) }.Select(t => new Parameter(strided ? Problem.Strided(t) : t))];

    private static List<SGD.ParamGroup> SGDs(List<Parameter> p) => [new(p.Take(2), 0.1, momentum: 0.9, nesterov: true), new() { Parameters = [p[2]] }, new([p[3]], 0.1, momentum: 0.5, dampening: 0.2, maximize: true)];
    private static List<Adagrad.ParamGroup> Adagrads(List<Parameter> p) => [new(p.Take(2), 0.1, initial_accumulator_value: 0.5), new() { Parameters = p.Skip(2).SkipLast(1) }];
    private static List<Adadelta.ParamGroup> Adadeltas(List<Parameter> p) => [new(p.Take(2), 0.5, rho: 0.7, maximize: true), new() { Parameters = p.Skip(2).SkipLast(1) }];
    private static List<RMSProp.ParamGroup> RMSProps(List<Parameter> p) => [new(p.Take(2), 0.1, momentum: 0.5, centered: true), new() { Parameters = p.Skip(2).SkipLast(1) }];
    private static List<Adam.ParamGroup> Adams(List<Parameter> p) => [new(p.Take(2), 0.1, amsgrad: true), new() { Parameters = p.Skip(2).SkipLast(1) }];
    private static List<AdamW.ParamGroup> AdamWs(List<Parameter> p) => [new(p.Take(2), 0.1, beta1: 0.5, amsgrad: true, maximize: true), new() { Parameters = p.Skip(2).SkipLast(1) }];
    private static List<Rprop.ParamGroup> Rprops(List<Parameter> p) => [new(p.Take(2), 0.1, etaminus: 0.3, max_step: 0.15), new() { Parameters = p.Skip(2).SkipLast(1) }];
}
