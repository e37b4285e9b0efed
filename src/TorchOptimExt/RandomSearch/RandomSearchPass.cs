using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// Writes target = source + scale · Σ weight · δ for many tensors: in one pass over the CPU's memory, elsewhere from changes that are made
/// there and copied.
/// </summary>
/// <remarks>
/// The other end of a direction is the first one's mirror image, source − (target − source). Where the first end still stands in the
/// targets, as after an evaluation that wrote to no parameter, no deviate need be made for it: a check value of the bits, which costs
/// nothing beside the deviates, tells.
/// </remarks>
/// <param name="most_threads">How many threads a run may use at most, besides libtorch's own limit.</param>
internal sealed class RandomSearchPass(int most_threads = int.MaxValue)
{
    private readonly DeviatePass pass = new(most_threads);
    private readonly DeviatesElsewhere elsewhere = new(most_threads);
    private (long seed, long step, int direction, ulong check)? standing;       // the first end that the last run wrote

    /// <summary>Forgets all tensors and directions and begins anew.</summary>
    public void Begin(long seed, long step)
    {
        pass.Begin(seed, step);
        elsewhere.Begin(seed, step);
    }

    /// <summary>Adds a direction and its weight.</summary>
    public void AddDirection(int direction, double weight)
    {
        pass.AddDirection(direction, weight);
        elsewhere.AddDirection(direction, weight);
    }

    /// <summary>Adds a tensor, which may be its own source.</summary>
    /// <param name="target">What is written.</param>
    /// <param name="source">What is added to, of the same shape and dtype.</param>
    /// <param name="parameter">The place of the parameter among all.</param>
    /// <param name="scale">What the weights are multiplied with.</param>
    public void Add(Tensor target, Tensor source, int parameter, double scale)
    {
        if (DeviatePass.Takes(target) && DeviatePass.Takes(source)) pass.Add(target, source, parameter, scale);
        else elsewhere.Add(target, source, parameter, scale);
    }

    /// <summary>Writes one end of a direction, of weight 1, everywhere.</summary>
    /// <param name="seed">The seed of the search.</param>
    /// <param name="perturbation">Which direction, and which of its ends.</param>
    /// <param name="add">Adds the tensors.</param>
    public void Run(long seed, Perturbation perturbation, Action<RandomSearchPass> add)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var (step, direction, sign) = perturbation;
        var first = standing is { } end && end == (seed, step, direction, end.check) ? standing : null;
        standing = null;
        Begin(seed, step);
        AddDirection(direction, 1);
        add(this);
        if (sign > 0)
        {
            elsewhere.Run();
            standing = (seed, step, direction, pass.Run());
        }
        else
        {
            elsewhere.RunMirrored(again: first is not null);
            if (first is null || !pass.Mirror(first.Value.check)) pass.RunMirrored();
        }
    }

    /// <summary>Visits everything that was added. What takes memory is there before anything is written: there may be too little.</summary>
    /// <returns>The Euclidean norm of what was added to the sources.</returns>
    public double RunMeasured()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        standing = null;
        var square = elsewhere.Prepare();
        square += pass.RunMeasured();
        elsewhere.RunPrepared();
        return Math.Sqrt(square);
    }
}
