using MathNet.Numerics.Distributions;
using TorchOptimExt.RandomSearch;

namespace LqrRandomSearch;

/// <summary>
/// A linear system with quadratic costs whose dynamics the learner does not know: x' = Ax + u + w, w ~ N(0, I), cost |x'|² + 1000 |u|² a
/// step. Three servers that heat each other, on the verge of instability.
/// </summary>
/// <remarks>Source: S. Dean, H. Mania, N. Matni, B. Recht, S. Tu, "On the Sample Complexity of the Linear Quadratic Regulator", 2017,
/// section 6.</remarks>
internal sealed class LqrEnvironment : IEnvironment
{
    private readonly double[] x = new double[LqrProblem.States];
    private Random random = new(0);

    public int ObservationSize => LqrProblem.States;

    public void Reset(Random random, Span<double> observation)
    {
        this.random = random;
        LqrProblem.Start.CopyTo(x, 0);
        x.CopyTo(observation);
    }

    public (double reward, bool done) Step(ReadOnlySpan<double> action, Span<double> observation)
    {
        var cost = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            var next = action[i] + Normal.Sample(random, 0, 1);
            for (var j = 0; j < x.Length; j++) next += LqrProblem.Dynamics[i, j] * x[j];
            observation[i] = next;
            cost += next * next + LqrProblem.ControlCost * action[i] * action[i];
        }
        observation.CopyTo(x);
        return (-cost, false);
    }
}
