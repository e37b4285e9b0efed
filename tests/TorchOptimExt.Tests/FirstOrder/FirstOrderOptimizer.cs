using TorchOptimExt.Fused;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.FirstOrder;

/// <summary>A first-order optimizer with certain hyperparameters, beside what it is compared with.</summary>
/// <param name="Name">What test arguments call it.</param>
/// <param name="ByGradient">Whether its steps are proportional to the gradient, so that the learning rate must fit the problem.</param>
/// <param name="Make">Ours.</param>
/// <param name="Reference">TorchSharp's own, or one element after the other where it has none; called once a step, with the loss.</param>
/// <param name="OnTensors">The same rule on whole tensors; null where the optimizer does that itself for strided parameters.</param>
internal sealed record FirstOrderOptimizer(string Name, bool ByGradient,
    Func<IEnumerable<Parameter>, double, OptimizerHelper> Make,
    Func<IReadOnlyList<Parameter>, double, Action<Tensor>> Reference,
    Func<IReadOnlyList<Parameter>, double, Action<Tensor>>? OnTensors = null)
{
    public static IReadOnlyList<FirstOrderOptimizer> All { get; } =
    [
        new("SGD", true, (p, lr) => optim.fused.SGD(p, lr), BuiltIn((p, lr) => optim.SGD(p, lr)),
            (p, lr) => new RuleOnTensors<SGDRule>(p, _ => new(lr, 0, 0, 0, false, false, false)).Step),
        new("SGD with momentum", true, (p, lr) => optim.fused.SGD(p, lr, momentum: 0.9, dampening: 0.1, weight_decay: 0.01), BuiltIn((p, lr) => optim.SGD(p, lr, momentum: 0.9, dampening: 0.1, weight_decay: 0.01)),
            (p, lr) => new RuleOnTensors<SGDRule>(p, t => new(lr, 0.9, 0.1, 0.01, false, false, t == 1), 0).Step),
        new("SGD with Nesterov's momentum", true, (p, lr) => optim.fused.SGD(p, lr, momentum: 0.8, nesterov: true), BuiltIn((p, lr) => optim.SGD(p, lr, momentum: 0.8, nesterov: true)),
            (p, lr) => new RuleOnTensors<SGDRule>(p, t => new(lr, 0.8, 0, 0, true, false, t == 1), 0).Step),
        new("Adagrad", false, (p, lr) => optim.fused.Adagrad(p, lr, lr_decay: 0.01, weight_decay: 0.01, initial_accumulator_value: 0.1), BuiltIn((p, lr) => optim.Adagrad(p, lr, lr_decay: 0.01, weight_decay: 0.01, initial_accumulator_value: 0.1)),
            (p, lr) => new RuleOnTensors<AdagradRule>(p, t => new(lr / (1 + (t - 1) * 0.01), 0.01, 1e-10), 0.1).Step),
        new("Adadelta", false, (p, lr) => optim.fused.Adadelta(p, 100 * lr, weight_decay: 0.01), BuiltIn((p, lr) => optim.Adadelta(p, 100 * lr, weight_decay: 0.01)),
            (p, lr) => new RuleOnTensors<AdadeltaRule>(p, _ => new(100 * lr, 0.9, 1e-6, 0.01, false), 0, 0).Step),
        new("RMSProp", false, (p, lr) => optim.fused.RMSProp(p, lr), BuiltIn((p, lr) => optim.RMSProp(p, lr)),
            (p, lr) => new RuleOnTensors<RMSPropRule>(p, _ => new(lr, 0.99, 1e-8, 0, 0, false, false), 0).Step),
        new("RMSProp with momentum", false, (p, lr) => optim.fused.RMSProp(p, lr / 10, 0.95, 1e-4, 0.01, 0.5), BuiltIn((p, lr) => optim.RMSProp(p, lr / 10, 0.95, 1e-4, 0.01, 0.5)),
            (p, lr) => new RuleOnTensors<RMSPropRule>(p, _ => new(lr / 10, 0.95, 1e-4, 0.01, 0.5, false, false), 0, 0, 0).Step),
        new("RMSProp, centered, with momentum", false, (p, lr) => optim.fused.RMSProp(p, lr / 10, 0.95, 1e-4, 0.01, 0.5, true), BuiltIn((p, lr) => optim.RMSProp(p, lr / 10, 0.95, 1e-4, 0.01, 0.5, true)),
            (p, lr) => new RuleOnTensors<RMSPropRule>(p, _ => new(lr / 10, 0.95, 1e-4, 0.01, 0.5, true, false), 0, 0, 0).Step),
        new("Adam", false, (p, lr) => optim.fused.Adam(p, lr), BuiltIn((p, lr) => optim.Adam(p, lr)),
            (p, lr) => new RuleOnTensors<AdamRule>(p, t => new(lr, 0.9, 0.999, 1e-8, 0, false, false, t), 0, 0).Step),
        new("Adam, AMSGrad", false, (p, lr) => optim.fused.Adam(p, lr, weight_decay: 0.01, amsgrad: true), BuiltIn((p, lr) => optim.Adam(p, lr, weight_decay: 0.01, amsgrad: true)),
            (p, lr) => new RuleOnTensors<AdamRule>(p, t => new(lr, 0.9, 0.999, 1e-8, 0.01, true, false, t), 0, 0, 0).Step),
        new("AdamW", false, (p, lr) => optim.fused.AdamW(p, lr, weight_decay: 0.1), BuiltIn((p, lr) => optim.AdamW(p, lr, weight_decay: 0.1)),
            (p, lr) => new RuleOnTensors<AdamWRule>(p, t => new(lr, 0.9, 0.999, 1e-8, 0.1, false, false, t), 0, 0).Step),
        new("Rprop", false, (p, lr) => optim.fused.Rprop(p, lr), BuiltIn((p, lr) => optim.Rprop(p, lr)),
            (p, lr) => new RuleOnTensors<RpropRule>(p, _ => new(0.5, 1.2, 1e-6, 50, false), 0, lr).Step),
        new("Adamax", false, (p, lr) => optim.fused.Adamax(p, lr, weight_decay: 0.01), BuiltIn((p, lr) => optim.Adamax(p, lr, weight_decay: 0.01)),
            (p, lr) => new RuleOnTensors<AdamaxRule>(p, t => new(lr, 0.9, 0.999, 1e-8, 0.01, t), 0, 0).Step),
        new("NAdam", false, (p, lr) => optim.fused.NAdam(p, lr), BuiltIn((p, lr) => optim.NAdam(p, lr)),
            (p, lr) => new RuleOnTensors<NAdamRule>(p, t => new(lr, 0.9, 0.999, 1e-8, 0, Mu(t), Mu(t + 1), Product(t), t), 0, 0).Step),
        // TorchSharp's multiplies by lr twice.
        new("RAdam", true, (p, lr) => optim.fused.RAdam(p, lr), (p, lr) => new ByElement(p, new RAdamByElement(lr)).Step,
            (p, lr) => new RuleOnTensors<RAdamRule>(p, t => new(lr, 0.9, 0.999, 1e-8, 0, t), 0, 0).Step),
        new("ASGD", true, (p, lr) => optim.fused.ASGD(p, lr, lambd: 0, t0: 1), BuiltIn((p, lr) => optim.ASGD(p, lr, lambd: 0, t0: 1)),
            (p, lr) => new RuleOnTensors<ASGDRule>(p, t => new(0, 0, lr, 1.0 / Math.Max(1, t - 2), false), 0).Step),
        new("EwmaMomentum", true, (p, lr) => optim.EwmaMomentum(p, lr), (p, lr) => new ByElement(p, new EwmaMomentumByElement(lr)).Step),
        new("EwmaMomentum, corrected", true, (p, lr) => optim.EwmaMomentum(p, lr, 0.8, true), (p, lr) => new ByElement(p, new EwmaMomentumByElement(lr, 0.8, true)).Step),
        new("RpropMinus", false, (p, lr) => optim.RpropMinus(p, lr), (p, lr) => new ByElement(p, new RpropMinusByElement(lr)).Step),
        new("RpropPlus", false, (p, lr) => optim.RpropPlus(p, lr), (p, lr) => new ByElement(p, new RpropPlusByElement(lr, Always: true)).Step),
        new("IRpropPlus", false, (p, lr) => optim.IRpropPlus(p, lr), (p, lr) => new ByElement(p, new RpropPlusByElement(lr, Always: false)).Step),
    ];

    public static FirstOrderOptimizer Named(string name) => All.Single(o => o.Name == name);

    public static TheoryData<string> Names => [.. All.Select(o => o.Name)];

    /// <summary>Whether it is TorchSharp's, in one pass.</summary>
    public bool IsTorchSharps => OnTensors is not null;

    /// <summary>A group with a learning rate of its own for an optimizer that TorchSharp lacks.</summary>
    public static ParamGroup Group(OptimizerHelper optimizer, IEnumerable<Parameter> parameters, double lr)
    {
        var options = (OptimizerOptions)Activator.CreateInstance(((ParamGroup)optimizer.ParamGroups.First()).Options.GetType())!;
        options.LearningRate = lr;
        return new() { Parameters = parameters, Options = options };
    }

    // NAdam's momentum of a step, and the product of all up to it.
    private static double Mu(int step) => 0.9 * (1 - 0.5 * Math.Pow(0.96, step * 4e-3));
    private static double Product(int step) => Enumerable.Range(1, step).Aggregate(1.0, (product, t) => product * Mu(t));

    private static Func<IReadOnlyList<Parameter>, double, Action<Tensor>> BuiltIn(Func<IReadOnlyList<Parameter>, double, optim.Optimizer> make) => (parameters, lr) =>
    {
        var optimizer = make(parameters, lr);
        return _ => optimizer.step();
    };
}
