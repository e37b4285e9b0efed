using TorchOptimExt.Cuda;
using TorchOptimExt.FirstOrder;
using TorchOptimExt.Fused;
using TorchOptimExt.LineSearch;
using TorchOptimExt.RandomSearch;
using TorchOptimExt.Rules;
using TorchOptimExt.Simd;

namespace TorchOptimExt.Tests.Cuda;

/// <summary>An update rule with one choice of its options, and the states that it then has.</summary>
internal abstract record KernelCase(string Name, StateMask States)
{
    private const StateMask One = StateMask.First, Two = One | StateMask.Second, Three = Two | StateMask.Third;
    private static readonly bool[] Both = [false, true];
    private static readonly double[] Decays = [0, 0.01];

    public static IReadOnlyList<KernelCase> All { get; } = [.. Rules(), .. ScaledRules()];

    public static KernelCase Named(string name) => All.Single(one => one.Name == name);

    public abstract Type RuleType { get; }

    /// <summary>A pass over the CPU's memory, and one of kernels, over the same addresses or others.</summary>
    public abstract ICasePass Pass();

    /// <summary>The text of its kernel under a name.</summary>
    public abstract string Text(string name, Elements elements, bool large = true);

    private static IEnumerable<KernelCase> Rules()
    {
        foreach (var decay in Decays)
        {
            foreach (var maximize in Both)
            {
                yield return Of<SGDRule>($"SGD", new(0.1, 0, 0, decay, false, maximize, true), 0, decay, maximize);
                foreach (var first in Both)
                    foreach (var nesterov in Both)
                        yield return Of<SGDRule>($"SGD with momentum, first {first}, nesterov {nesterov}", new(0.1, 0.9, nesterov ? 0 : 0.3, decay, nesterov, maximize, first), One, decay, maximize);
                yield return Of<AdadeltaRule>("Adadelta", new(1, 0.9, 1e-6, decay, maximize), Two, decay, maximize);
                yield return Of<RMSPropRule>("RMSProp", new(0.01, 0.99, 1e-8, decay, 0, false, maximize), One, decay, maximize);
                yield return Of<RMSPropRule>("RMSProp, centered", new(0.01, 0.99, 1e-8, decay, 0, true, maximize), Two, decay, maximize);
                yield return Of<RMSPropRule>("RMSProp with momentum", new(0.01, 0.99, 1e-8, decay, 0.9, false, maximize), StateMask.First | StateMask.Third, decay, maximize);
                yield return Of<RMSPropRule>("RMSProp, centered, with momentum", new(0.01, 0.9, 1e-8, decay, 0.9, true, maximize), Three, decay, maximize);
                yield return Of<AdamRule>("Adam", new(0.001, 0.9, 0.999, 1e-8, decay, false, maximize, 3), Two, decay, maximize);
                yield return Of<AdamRule>("Adam, AMSGrad", new(0.001, 0.9, 0.999, 1e-8, decay, true, maximize, 7), Three, decay, maximize);
                yield return Of<AdamWRule>("AdamW", new(0.001, 0.9, 0.999, 1e-8, decay, false, maximize, 3), Two, decay, maximize);
                yield return Of<AdamWRule>("AdamW, AMSGrad", new(0.001, 0.8, 0.99, 1e-8, decay, true, maximize, 2), Three, decay, maximize);
                foreach (var averages in Both)
                    yield return Of<ASGDRule>($"ASGD, averages {averages}", new(0.01, decay, 0.1, averages ? 0.25 : 1, maximize), One, decay, maximize);
            }
            yield return Of<AdagradRule>("Adagrad", new(0.1, decay, 1e-10), One, decay);
            yield return Of<AdamaxRule>("Adamax", new(0.01, 0.9, 0.99, 1e-8, decay, 3), Two, decay);
            yield return Of<NAdamRule>("NAdam", new(0.01, 0.9, 0.99, 1e-8, decay, 0.45, 0.46, 0.2, 3), Two, decay);
            yield return Of<RAdamRule>("RAdam, first steps", new(0.01, 0.9, 0.99, 1e-8, decay, 3), Two, decay);
            yield return Of<RAdamRule>("RAdam, later steps", new(0.01, 0.9, 0.99, 1e-8, decay, 30), Two, decay);
        }
        foreach (var maximize in Both)
        {
            yield return Of<RpropRule>("Rprop", new(0.5, 1.2, 0.2, 0.7, maximize), Two, 0, maximize);
            yield return Of<RpropRule>("Rprop, factors outside of the formula", new(-0.5, 1, 0.2, 0.7, maximize), Two, 0, maximize);
            yield return Of<RpropMinusRule>("RpropMinus", new(0.5, 1.2, 0.2, 0.7, maximize), Two, 0, maximize);
            yield return Of<RpropPlusRule>("RpropPlus", new(0.5, 1.2, 0.2, 0.7, maximize, true), Two, 0, maximize);
            yield return Of<RpropPlusRule>("IRpropPlus, loss fell", new(0.5, 1.2, 0.2, 0.7, maximize, false), Two, 0, maximize);
        }
        yield return Of<EwmaMomentumRule>("EwmaMomentum", new(0.1, 0.9), One);
        yield return Of<RayRule>("a line search's ray", new(0.3), One);
        yield return Of<DepartureRule>("a line search's departure", new(0.3), One);
        yield return Of<SumRule>("a random search's sum", default, One);
        yield return Of<MirrorRule>("a random search's mirror image", default, 0);
    }

    // A factor for the gradient is one operation more: each rule once.
    private static IEnumerable<KernelCase> ScaledRules()
    {
        yield return Of<Scaled<SGDRule>>("scaled SGD", new(new(0.1, 0.9, 0, 0.01, true, false, false), 0.125), One);
        yield return Of<Scaled<AdadeltaRule>>("scaled Adadelta", new(new(1, 0.9, 1e-6, 0.01, false), 0.125), Two);
        yield return Of<Scaled<RMSPropRule>>("scaled RMSProp", new(new(0.01, 0.9, 1e-8, 0.01, 0.9, true, false), 3), Three);
        yield return Of<Scaled<AdamRule>>("scaled Adam", new(new(0.001, 0.9, 0.999, 1e-8, 0.01, true, false, 7), 0.125), Three);
        yield return Of<Scaled<AdamWRule>>("scaled AdamW", new(new(0.001, 0.9, 0.999, 1e-8, 0.01, false, false, 7), 0.125), Two);
        yield return Of<Scaled<ASGDRule>>("scaled ASGD", new(new(0.01, 0.1, 0.1, 0.25, false), 0.125), One);
        yield return Of<Scaled<AdagradRule>>("scaled Adagrad", new(new(0.1, 0.01, 1e-10), 0.125), One);
        yield return Of<Scaled<AdamaxRule>>("scaled Adamax", new(new(0.01, 0.9, 0.99, 1e-8, 0.01, 3), 0.125), Two);
        yield return Of<Scaled<NAdamRule>>("scaled NAdam", new(new(0.01, 0.9, 0.99, 1e-8, 0.01, 0.45, 0.46, 0.2, 3), 0.125), Two);
        yield return Of<Scaled<RAdamRule>>("scaled RAdam", new(new(0.01, 0.9, 0.99, 1e-8, 0.01, 30), 0.125), Two);
        yield return Of<Scaled<RpropRule>>("scaled Rprop", new(new(0.5, 1.2, 0.2, 0.7, false), 0.125), Two);
        yield return Of<Scaled<RpropMinusRule>>("scaled RpropMinus", new(new(0.5, 1.2, 0.2, 0.7, false), 0.125), Two);
        yield return Of<Scaled<RpropPlusRule>>("scaled RpropPlus", new(new(0.5, 1.2, 0.2, 0.7, false, true), 0.125), Two);
        yield return Of<Scaled<EwmaMomentumRule>>("scaled EwmaMomentum", new(new(0.1, 0.9), 0.125), One);
    }

    private static Case<TRule> Of<TRule>(string name, TRule rule, StateMask states, double decay = 0, bool maximize = false) where TRule : struct, IUpdateRule =>
        new Case<TRule>(name + (decay != 0 ? ", weight decay" : "") + (maximize ? ", maximize" : ""), rule, states);

    private sealed record Case<TRule>(string Name, TRule Rule, StateMask States) : KernelCase(Name, States) where TRule : struct, IUpdateRule
    {
        public override Type RuleType => typeof(TRule);

        public override ICasePass Pass() => new CasePass<TRule>(Rule);

        public override string Text(string name, Elements elements, bool large)
        {
            var trace = new RuleTrace();
            trace.Record(Rule, States);
            return KernelText.Of(name, trace, new(elements, States, trace.Numbers.Length), large);
        }
    }
}
