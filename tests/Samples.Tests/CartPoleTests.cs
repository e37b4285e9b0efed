using CartPole;

namespace Samples.Tests;

public class CartPoleTests
{
    // One step from rest by hand: a push of 10 N on 1.1 kg, the pole upright.
    [Fact]
    public void Pushes_follow_the_classic_equations()
    {
        var cart = new Cart(0, 0, 0, 0);
        cart.Push(right: true);
        cart.Push(right: false);
        var angular = -(10 / 1.1) / (0.5 * (4.0 / 3 - 0.1 / 1.1));
        var linear = 10 / 1.1 - 0.05 * angular / 1.1;
        Assert.Equal(0.02 * 0.02 * linear, cart.State[0], 1e-15);
        Assert.Equal(0.02 * 0.02 * angular, cart.State[2], 1e-15);
        Assert.Equal(0, cart.State[1], 1e-3);       // pushed back, but for the second order
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Linear_policy_balances_the_pole_after_at_most_200_episodes(int seed)
    {
        using var search = new Search(seed, threads: 2);
        for (var episodes = 0; search.Score(100) < 475; episodes += search.Step().Evaluations) Assert.True(episodes < 200, $"still {search.Score(100)}");
    }

    [Fact]
    public void Threads_do_not_change_what_is_found()
    {
        var weights = new[] { 1, 3 }.Select(threads =>
        {
            using var search = new Search(seed: 5, threads);
            for (var step = 0; step < 10; step++) search.Step();
            return search.Weights;
        }).ToArray();
        Assert.Equal(weights[0], weights[1]);
    }
}
