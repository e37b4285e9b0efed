using TorchOptimExt;
using TorchOptimExt.Orleans;
using TorchSharp;
using static TorchSharp.torch;

namespace ElasticSilo;

/// <summary>
/// A small search: the squared distance of 20 numbers from theirs, in float64; what is random in it follows from the perturbation.
/// </summary>
public static class Problem
{
    public const long Seed = 7;
    public const int Directions = 16;

    public static SearchTask Create(TimeSpan delay, long seed = Seed)
    {
        var model = nn.Linear(20, 1, hasBias: false, dtype: ScalarType.Float64);
        using (no_grad()) model.weight!.fill_(0);
        var goal = arange(20, dtype: ScalarType.Float64).div_(10).DetachFromDisposeScope();
        var optimizer = optim.ARS(model.parameters(), lr: 0.05, n_directions: Directions, delta_std: 0.05, seed: seed);
        return new(model, optimizer, perturbation =>
        {
            if (delay > TimeSpan.Zero) Thread.Sleep(delay);
            var noise = new Random(HashCode(perturbation.Step, perturbation.Direction)).NextDouble() * 1e-3;
            return model.weight!.sub(goal).square().sum().ToDouble() + noise;
        });
    }

    private static int HashCode(long step, int direction) => unchecked((int)(step * 1009 + direction));
}
