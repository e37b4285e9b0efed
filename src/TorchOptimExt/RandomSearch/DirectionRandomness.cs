using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// Common random numbers: while it lives, torch's default generator begins each evaluation where (seed, step, direction) say, so that θ +
/// ν·δ and θ − ν·δ
/// draw the same dropout masks, and every other direction others. At the end the CPU's generator continues where it was.
/// </summary>
internal sealed class DirectionRandomness : IDisposable
{
    private readonly byte[] before;
    private readonly bool onCuda;

    /// <param name="onCuda">Whether a parameter is there: CUDA's generators are seeded with it, too; their state cannot be read, so they
    /// do not come back.</param>
    public DirectionRandomness(bool onCuda)
    {
        this.onCuda = onCuda;
        using var state = random.get_rng_state();
        before = state.bytes.ToArray();
    }

    /// <summary>Lets an evaluation of this direction begin.</summary>
    public void Begin(long seed, long step, int direction)
    {
        var own = GaussianNoise.SeedOf(seed, step, direction);
        using var generator = new Generator((ulong)own);
        using var state = generator.get_state();
        random.set_rng_state(state);
        if (onCuda) cuda.manual_seed_all(own);
    }

    public void Dispose()
    {
        using var state = tensor(before, dtype: ScalarType.Byte);
        random.set_rng_state(state);
    }
}
