using CartPole;

namespace Samples.Tests;

public class CartPoleTests
{
    // One step from rest by hand: a push of 10 N on 1.1 kg, the pole upright.
    [Fact]
    public void Pushes_follow_the_classic_equations()
    {
        var pole = default(Pendulum).After(10).After(-10);
        var angular = -(10 / 1.1) / (0.5 * (4.0 / 3 - 0.1 / 1.1));
        var linear = 10 / 1.1 - 0.05 * angular / 1.1;
        Assert.Equal(0.02 * 0.02 * linear, pole.Position, 1e-15);
        Assert.Equal(0.02 * 0.02 * angular, pole.Angle, 1e-15);
        Assert.Equal(0, pole.Velocity, 1e-3);       // pushed back, but for the second order
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Linear_policy_balances_the_pole_within_200_episodes(int seed)
    {
        var ended = SampleProcess.Run("CartPole", "--seed", $"{seed}");
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
        Assert.InRange(EpisodesOf(ended.Output), 16, 200);
    }

    [Fact]
    public void Normalized_observations_solve_what_raw_ones_do_not()
    {
        var normalized = SampleProcess.Run("CartPole", "--noisy");
        Assert.True(normalized.ExitCode == 0, normalized.Output + normalized.Error);
        Assert.InRange(EpisodesOf(normalized.Output), 64, 1000);
        Assert.Equal(1, SampleProcess.Run("CartPole", "--noisy", "--v1", "--size", "0.001").ExitCode);
    }

    private static int EpisodesOf(string output) => int.Parse(output.TrimEnd().Split("Solved after ")[1].Split(' ')[0]);
}
