using References;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.FirstOrder;

/// <summary>Gradients whose squares no float32 holds: what the reference keeps finite stays so, with its values.</summary>
public class HugeGradientTests
{
    private static readonly float[] Magnitudes = [1e18f, 1.9e19f, 1.85e21f, 1e22f, 1e30f, float.MaxValue];

    public static TheoryData<string> Names => FirstOrderOptimizer.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_are_the_reference_s(string name)
    {
        var made = FirstOrderOptimizer.Named(name);
        foreach (var magnitude in Magnitudes)
        {
            using var scope = NewDisposeScope();
            Parameter theirs = new(ones(33)), ours = new(ones(33)), strided = new(ones(33, 2).select(1, 0));
            var reference = made.Reference([theirs], 0.01);
            OptimizerHelper[] optimizers = [made.Make([ours], 0.01), made.Make([strided], 0.01)];
            for (var step = 0; step < 4; step++)
            {
                // Once huge, then such as training has them; in one half of the elements always.
                var gradient = where(arange(33) < 16, full(33, 0.5f), full(33, step == 0 ? magnitude : 0.25f)) * (step % 2 == 0 ? 1 : -1);
                foreach (var p in (Parameter[])[theirs, ours, strided]) p.grad = gradient.clone();
                var loss = tensor(1.0 - step);
                reference(loss);
                foreach (var optimizer in optimizers) optimizer.step(() => loss);
                foreach (var p in (Parameter[])[ours, strided]) Same(Trajectory.Values(theirs), Trajectory.Values(p), $"{magnitude:g} in step {step}");
            }
        }
    }

    // Both finite and near, both the same infinity, or neither a number.
    private static void Same(double[] expected, double[] actual, string where)
    {
        foreach (var (k, (e, a)) in expected.Zip(actual).Index())
        {
            var same = double.IsFinite(e) ? Math.Abs(a - e) <= 2e-6 * Math.Max(1, Math.Abs(e)) : e.Equals(a);
            Assert.True(same, $"{where}: element {k} is {a:r}, not {e:r}");
        }
    }
}
