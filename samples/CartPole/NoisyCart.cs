using MathNet.Numerics.Distributions;
using TorchOptimExt.RandomSearch;

namespace CartPole;

/// <summary>
/// A harder task on the same cart: a continuous force of at most 10 N with gusts of 1 N, the pole let go at up to 6°, and the state as the
/// counts of two encoders (one a micrometre, 4,096 a turn) and of their differences a second, with a noise of one count. Each step costs how
/// far the pole is from upright and the cart from the middle.
/// </summary>
internal sealed class NoisyCart : IEnvironment
{
    private const double CountsOfMetre = 1_000_000, CountsOfRadian = 4096 / (2 * Math.PI), Strongest = 10;
    private Pendulum pendulum;
    private Random random = new(0);

    public int ObservationSize => 4;

    public void Reset(Random random, Span<double> observation)
    {
        this.random = random;
        pendulum = new(random.NextDouble() - 0.5, 0, 0.2 * (random.NextDouble() - 0.5), 0);
        Observe(observation);
    }

    public (double reward, bool done) Step(ReadOnlySpan<double> action, Span<double> observation)
    {
        pendulum = pendulum.After(Math.Clamp(action[0], -Strongest, Strongest) + Normal.Sample(random, 0, 1));
        Observe(observation);
        var (position, angle) = (pendulum.Position / 2.4, pendulum.Angle / 0.2);
        return (1 - 0.5 * Math.Min(position * position, 1) - 0.5 * Math.Min(angle * angle, 1),
            !(Math.Abs(pendulum.Position) <= 2.4 && Math.Abs(pendulum.Angle) <= 0.6));
    }

    private void Observe(Span<double> counts)
    {
        pendulum.CopyTo(counts);
        for (var k = 0; k < counts.Length; k++)
            counts[k] = Math.Round(counts[k] * (k < 2 ? CountsOfMetre : CountsOfRadian) + Normal.Sample(random, 0, 1));
    }
}
