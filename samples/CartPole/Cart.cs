using TorchOptimExt.RandomSearch;

namespace CartPole;

/// <summary>A pole on a cart that is pushed left or right: the classic task, 50 steps a second, a reward of 1 for each.</summary>
internal sealed class Cart : IEnvironment
{
    private const double Push = 10, WidestPosition = 2.4, WidestAngle = 12 * Math.PI / 180;
    private Pendulum pendulum;

    /// <summary>Position (m), velocity (m/s), angle (rad) and angular velocity (rad/s) of the pole.</summary>
    public int ObservationSize => 4;

    public void Reset(Random random, Span<double> observation)
    {
        double Start() => 0.1 * random.NextDouble() - 0.05;
        pendulum = new(Start(), Start(), Start(), Start());
        pendulum.CopyTo(observation);
    }

    public (double reward, bool done) Step(ReadOnlySpan<double> action, Span<double> observation)
    {
        pendulum = pendulum.After(action[0] > 0 ? Push : -Push);
        pendulum.CopyTo(observation);
        return (1, !(Math.Abs(pendulum.Position) <= WidestPosition && Math.Abs(pendulum.Angle) <= WidestAngle));
    }
}
