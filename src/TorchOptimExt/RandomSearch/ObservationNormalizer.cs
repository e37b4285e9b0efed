using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// Scales observations by the mean and standard deviation of all that were observed, element by element:
/// <c>(x − mean) / std</c>. In front of a policy it makes of <see cref="ARS"/> V1 the variant V2.
/// </summary>
/// <remarks>
/// A standard deviation below 1e-7 counts as infinite: what never varies becomes 0. Before the second observation x
/// passes unchanged. <see cref="forward"/> does not record; <see cref="observe"/> does, and <see cref="merge"/> takes
/// over what another has seen. ARS holds mean and deviation fixed within a step: record into a second normalizer, one
/// for each evaluation where those run in parallel, and merge after the step, in the order of the evaluations.
/// Not safe to record into from several threads at once.
/// <para>The number of observations, their mean and their sums of squares are buffers, so <c>state_dict</c> and checkpoints hold
/// them.</para>
/// <para>Sources: B. P. Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", 1962; T. F. Chan, G. H.
/// Golub, R. J. LeVeque, 1979, for merging.</para>
/// </remarks>
/// <example>
/// <code>
/// var (normalizer, seen) = (new ObservationNormalizer(4), new ObservationNormalizer(4));
/// var policy = torch.nn.Sequential(normalizer, torch.nn.Linear(4, 1));
/// var action = policy.forward(observation);     // in an episode: normalized by what was seen in earlier steps
/// seen.observe(observation);
/// normalizer.merge(seen);                       // after optimizer.step(...)
/// seen.reset();
/// </code>
/// </example>
public sealed class ObservationNormalizer : Module<Tensor, Tensor>
{
    private const double LeastDeviation = 1e-7;

    private readonly Tensor count, mean, squares;

    /// <summary>Creates a normalizer that has seen nothing.</summary>
    /// <param name="features">How many elements an observation has, ≥ 1.</param>
    /// <param name="device">The device of the buffers; null takes the CPU.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="features"/> is less than 1.</exception>
    public ObservationNormalizer(long features, Device? device = null) : base(nameof(ObservationNormalizer))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        count = zeros([], ScalarType.Float64, device).DetachFromDisposeScope();
        mean = zeros([features], ScalarType.Float64, device).DetachFromDisposeScope();
        squares = zeros([features], ScalarType.Float64, device).DetachFromDisposeScope();
        register_buffer(nameof(count), count);
        register_buffer(nameof(mean), mean);
        register_buffer(nameof(squares), squares);
    }

    /// <summary>The number of observations that were recorded.</summary>
    public long Count => (long)count.ToDouble();

    /// <summary>Computes the mean of the observations; 0 before the first one.</summary>
    /// <returns>A new tensor of shape [features], float64, that the caller owns.</returns>
    public Tensor Mean() => mean.clone();

    /// <summary>
    /// Computes the standard deviation of the observations (n − 1 in the denominator); infinite where it is below 1e-7, 1 before the
    /// second one.
    /// </summary>
    /// <returns>A new tensor of shape [features], float64, that the caller owns.</returns>
    public Tensor StandardDeviation()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var seen = Count;
        if (seen < 2) return ones_like(squares).MoveToOuterDisposeScope();
        var deviation = (squares / (seen - 1)).sqrt();
        return deviation.masked_fill(deviation.lt(LeastDeviation), double.PositiveInfinity).MoveToOuterDisposeScope();
    }

    /// <summary>Normalizes observations by what was recorded so far; records nothing.</summary>
    /// <param name="input">The observations, of shape [..., features].</param>
    /// <returns>(input − mean) / std, of the input's shape and dtype; before the second recorded observation the input itself, in the
    /// same memory.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="input"/> is null.</exception>
    /// <exception cref="ArgumentException">The last dimension is not of size features.</exception>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.dim() < 1 || input.size(-1) != mean.size(0))
            throw new ArgumentException($"The observations have shape [{string.Join(", ", input.shape)}], not [..., {mean.size(0)}].",
                nameof(input));
        using var scope = NewDisposeScope();
        if (Count < 2) return input.alias().MoveToOuterDisposeScope();
        return ((input - mean) / StandardDeviation()).to(input.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Records observations.</summary>
    /// <param name="observations">One observation, of shape [features], or several, of shape [n, features]; of any dtype and
    /// device.</param>
    /// <exception cref="ArgumentNullException"><paramref name="observations"/> is null.</exception>
    /// <exception cref="ArgumentException">The shape is another, or an element is NaN or infinite; nothing is recorded then.</exception>
    public void observe(Tensor observations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        var features = mean.size(0);
        if (observations.dim() is < 1 or > 2 || observations.size(-1) != features)
            throw new ArgumentException($"The observations have shape [{string.Join(", ", observations.shape)}], not [{features}] or " +
                $"[n, {features}].", nameof(observations));
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var rows = observations.detach().to(ScalarType.Float64).to(mean.device).reshape(-1, features);
        if (rows.size(0) == 0) return;
        if (!rows.isfinite().all().item<bool>()) throw new ArgumentException("An observation is NaN or infinite.", nameof(observations));
        var average = rows.mean([0]);
        Merge(rows.size(0), average, (rows - average).square().sum(dim: 0));
    }

    /// <summary>Records all that another normalizer has recorded; the other stays as it is.</summary>
    /// <param name="other">The other, on any device.</param>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is null.</exception>
    /// <exception cref="ArgumentException">The other has another number of features.</exception>
    public void merge(ObservationNormalizer other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.mean.size(0) != mean.size(0))
            throw new ArgumentException($"The other has {other.mean.size(0)} features, not {mean.size(0)}.", nameof(other));
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        if (other.Count > 0) Merge(other.Count, other.mean.to(mean.device), other.squares.to(mean.device));
    }

    /// <summary>Records what an evaluation has seen.</summary>
    internal void Take(Moments seen)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        Merge(seen.Count, tensor(seen.Mean, device: mean.device), tensor(seen.Squares, device: mean.device));
    }

    /// <summary>Forgets all observations.</summary>
    public void reset()
    {
        using var quiet = no_grad();
        count.zero_();
        mean.zero_();
        squares.zero_();
    }

    private void Merge(long added, Tensor average, Tensor sumOfSquares)
    {
        var total = Count + added;
        var difference = average - mean;
        squares.add_(sumOfSquares + difference.square() * ((double)Count * added / total));
        mean.add_(difference * ((double)added / total));
        count.fill_(total);
    }
}
