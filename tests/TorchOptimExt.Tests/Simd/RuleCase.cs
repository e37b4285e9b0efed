using TorchOptimExt.FirstOrder;
using TorchOptimExt.Fused;
using TorchOptimExt.Rules;
using TorchOptimExt.Simd;
using TorchOptimExt.Tensors;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Simd;

/// <summary>An update rule with all its branches taken, as one step of the pass over memory and of the pass over tensors.</summary>
internal abstract record RuleCase(string Name, Func<int, double>?[] States)
{
    public static IReadOnlyList<RuleCase> All { get; } =
    [
        new Of<SGDRule>("SGD, first step", new(0.1, 0.9, 0, 0.01, true, false, true), Signed),
        new Of<SGDRule>("SGD, later step", new(0.1, 0.9, 0.3, 0.01, false, true, false), Signed),
        new Of<AdagradRule>("Adagrad", new(0.1, 0.01, 1e-10), Positive),
        new Of<AdadeltaRule>("Adadelta", new(1, 0.9, 1e-6, 0.01, true), Positive, Positive),
        new Of<RMSPropRule>("RMSProp", new(0.01, 0.99, 1e-8, 0, 0, false, false), Positive),
        new Of<RMSPropRule>("RMSProp, centered, with momentum", new(0.01, 0.9, 1e-8, 0.01, 0.9, true, true), i => 1 + Positive(i), i => Signed(i) / 2, Signed),
        new Of<RMSPropRule>("RMSProp, with momentum", new(0.01, 0.9, 1e-8, 0.01, 0.9, false, false), Positive, null, Signed),
        new Of<AdamRule>("Adam", new(0.001, 0.9, 0.999, 1e-8, 0, false, false, 3), Signed, Positive),
        new Of<AdamRule>("Adam, AMSGrad", new(0.001, 0.9, 0.999, 1e-8, 0.01, true, true, 7), Signed, Positive, i => Positive(i + 3)),
        new Of<AdamWRule>("AdamW", new(0.001, 0.8, 0.99, 1e-8, 0.1, true, true, 2), Signed, Positive, i => Positive(i + 3)),
        new Of<RpropRule>("Rprop", new(0.5, 1.2, 0.2, 0.7, true), Signed, Positive),
        new Of<RpropRule>("Rprop, factors outside of the formula", new(-0.5, 1, 0.2, 0.7, true), Signed, Positive),
        new Of<RpropMinusRule>("RpropMinus", new(0.5, 1.2, 0.2, 0.7, false), Signed, Positive),
        new Of<RpropPlusRule>("RpropPlus", new(0.5, 1.2, 0.2, 0.7, true, true), Signed, Positive),
        new Of<RpropPlusRule>("IRpropPlus, loss fell", new(0.5, 1.2, 0.2, 0.7, false, false), Signed, Positive),
        new Of<AdamaxRule>("Adamax", new(0.01, 0.9, 0.99, 1e-8, 0.1, 3), Signed, Positive),
        new Of<NAdamRule>("NAdam", new(0.01, 0.9, 0.99, 1e-8, 0.1, 0.45, 0.46, 0.2, 3), Signed, Positive),
        new Of<RAdamRule>("RAdam, first steps", new(0.01, 0.9, 0.99, 1e-8, 0.1, 3), Signed, Positive),
        new Of<RAdamRule>("RAdam, later steps", new(0.01, 0.9, 0.99, 1e-8, 0.1, 30), Signed, Positive),
        new Of<ASGDRule>("ASGD", new(0.01, 0.1, 0.1, 0.25, true), Signed),
        new Of<EwmaMomentumRule>("EwmaMomentum", new(0.1, 0.9), Signed),
    ];

    public static TheoryData<string> Names => [.. All.Select(c => c.Name)];

    public static RuleCase Named(string name) => All.Single(c => c.Name == name);

    /// <summary>Parameter, gradient and those states that there are, of a number of elements; gradients have both signs and zeros.</summary>
    public Tensor[] Tensors(int count, ScalarType dtype) =>
        [.. States.OfType<Func<int, double>>().Prepend(i => i % 7 == 0 ? 0 : Signed(3 * i + 1)).Prepend(i => 2 * Signed(i)).Select(value => tensor(Enumerable.Range(0, count).Select(value).ToArray(), dtype: dtype))];

    /// <summary>Where among <see cref="Tensors"/> the state of that place is; −1 where there is none.</summary>
    protected int At(int state) => state < States.Length && States[state] is not null ? 2 + States.Take(state).Count(s => s is not null) : -1;

    /// <summary>One step in place of parameter, gradient and states.</summary>
    public abstract void RunFused(IReadOnlyList<IReadOnlyList<Tensor>> parameters);

    /// <summary>The same with tensor operations.</summary>
    public abstract void RunOnTensors(IReadOnlyList<Tensor> tensors);

    /// <summary>The same by scalar arithmetic, element by element; half types in float32, rounded once.</summary>
    public abstract void RunOnScalars(IReadOnlyList<Tensor> tensors);

    public override string ToString() => Name;

    private static double Signed(int i) => ((37L * i + 11) % 101 - 50) / 50.0;
    private static double Positive(int i) => ((29L * i + 5) % 97 + 1) / 97.0;

    private sealed record Of<TRule>(string Name, TRule Rule, params Func<int, double>?[] States) : RuleCase(Name, States) where TRule : struct, IUpdateRule
    {
        public override void RunFused(IReadOnlyList<IReadOnlyList<Tensor>> parameters)
        {
            var pass = new FusedPass<TRule>();
            foreach (var t in parameters) Assert.True(pass.Add(Rule, t[0], t[1], State(t, 0), State(t, 1), State(t, 2)), pass.Refused);
            pass.Run();
        }

        public override void RunOnScalars(IReadOnlyList<Tensor> tensors)
        {
            if (tensors[0].dtype == ScalarType.Float64) RunOnScalars(tensors, t => t.data<double>().ToArray(), values => tensor(values, float64));
            else RunOnScalars(tensors, t => t.to_type(float32).data<float>().ToArray(), values => tensor(values, float32));
        }

        private void RunOnScalars<T>(IReadOnlyList<Tensor> tensors, Func<Tensor, T[]> read, Func<T[], Tensor> made) where T : struct, System.Numerics.IBinaryFloatingPointIeee754<T>
        {
            var rows = tensors.Select(read).ToArray();
            for (var i = 0; i < rows[0].Length; i++)
            {
                ScalarLanes<T> Lane(int row) => row < 0 ? default : new(rows[row][i]);
                var (param, first, second, third) = (Lane(0), Lane(At(0)), Lane(At(1)), Lane(At(2)));
                Rule.Apply(ref param, Lane(1), ref first, ref second, ref third);
                rows[0][i] = param.Value;
                ScalarLanes<T>[] states = [first, second, third];
                for (var k = 0; k < 3; k++)
                    if (At(k) >= 0) rows[At(k)][i] = states[k].Value;
            }
            foreach (var (tensor, row) in tensors.Zip(rows)) tensor.copy_(made(row));
        }

        public override void RunOnTensors(IReadOnlyList<Tensor> t) =>
            TensorPass.Run(Rule, t[0], t[1], State(t, 0), State(t, 1), State(t, 2));

        private Tensor? State(IReadOnlyList<Tensor> tensors, int k) => At(k) < 0 ? null : tensors[At(k)];
    }
}
