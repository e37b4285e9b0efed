using TorchOptimExt.Parameters;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// Augmented Random Search: moves along random directions in proportion to how much better one end is than the other.
/// For objectives without gradients: episodes of a simulator, error counts, anything that returns a number.
/// <code>
/// for k = 1..N:  δₖ ~ N(0, I),  rₖ⁺ = r(θ + νδₖ),  rₖ⁻ = r(θ − νδₖ)
/// keep the b directions of largest max(rₖ⁺, rₖ⁻);  σ = standard deviation of their 2b rewards
/// θ ← θ + lr/(b·σ) · Σ (rₖ⁺ − rₖ⁻) δₖ
/// </code>
/// with the reward r = −f, or r = f where f is maximized.
/// </summary>
/// <remarks>
/// With the defaults this is the paper's variant V1; with top_directions &lt; n_directions V1-t; with observations that pass an
/// <see cref="ObservationNormalizer"/> V2 and V2-t. With n_directions = 1 and normalize_by_std = false it is the method
/// of finite differences, whose formula is often printed with a plus sign for a loss, too; to minimize it must be minus.
/// <para>
/// The perturbations are functions of (seed, step, direction), made anew where they are needed (<see cref="GaussianNoise"/>):
/// a step needs the memory of the parameters and of one copy. After a step that throws the parameters have the
/// bits that they had before. A direction of which a reward is NaN or infinite is dropped. Where the rewards differ by rounding alone (σ is
/// at most 4 ulp of the largest: of float32 where all rewards are float32 numbers) the parameters stay as they are. A parameter that is
/// frozen, or whose group has the rate 0, takes no part. Schedules can set the learning rates, <see cref="DeltaStd"/> and
/// <see cref="TopDirections"/> can be set between steps. It works for parameters of any real floating-point dtype on any device.
/// </para>
/// <para>Source: H. Mania, A. Guy, B. Recht, "Simple random search provides a competitive approach to reinforcement learning", 2018,
/// algorithms 1 and 2.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.ARS(model.parameters(), lr: 0.02, n_directions: 8, delta_std: 0.03, seed: 1);
/// for (var step = 0; step &lt; 100; step++)
///     optimizer.step(() => torch.nn.functional.mse_loss(model.forward(x), y)).Dispose();
/// </code>
/// A closure that returns a number, for example an episode's reward: <c>optimizer.step(perturbation => Episode(model, perturbation))</c>.
/// </example>
[Optimizer]
public sealed partial class ARS : OptimizerBase, ILossOnlyClosure
{
    private readonly RandomSearchPass pass = new();

    /// <summary>What the last step did that updated the parameters; null before the first.</summary>
    public ARSReport? LastStep { get; private set; }

    /// <summary>How many steps have updated the parameters, which is the number of the next one.</summary>
    public long Steps => StateOf(_parameter_groups[0].Parameters.First()).step;

    private Options Search => (Options)_parameter_groups[0].Options;

    private SearchedParameters Searched => new(_parameter_groups);

    /// <summary>ν, the size of the perturbations of the next steps; setting it, as a schedule of one's own does between steps, sets that of
    /// all groups.</summary>
    /// <value>That of the first group, in units of the parameter; &gt; 0.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite and greater than 0; nothing is changed then.</exception>
    public double DeltaStd
    {
        get => Search.delta_std!.Value;
        set
        {
            CheckDeltaStd(value);
            foreach (var group in _parameter_groups) ((Options)group.Options).delta_std = value;
        }
    }

    /// <summary>b, how many of the best directions make the update of the next steps; it can be set between steps.</summary>
    /// <value>From 1 to the number of directions.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above n_directions; nothing is changed then.</exception>
    public int TopDirections
    {
        get => Search.top_directions!.Value;
        set
        {
            CheckTopDirections(value);
            foreach (var group in _parameter_groups) ((Options)group.Options).top_directions = value;
        }
    }

    /// <summary>
    /// Whether the evaluations at θ + ν·δ and θ − ν·δ draw the same random numbers from torch's default generator (dropout masks, for
    /// example), and those of another direction or step others: common random numbers, by which less of the difference of two rewards is
    /// chance. True unless set.
    /// </summary>
    /// <remarks>
    /// The numbers follow from (seed, step, direction) alone, so they are the same in every process, and on the CPU the generator continues
    /// after the step where it was before. Evaluators that run at once share the generator, so this does not hold for them: there all that
    /// is random must follow from the perturbation. False leaves the generator alone.
    /// </remarks>
    public bool CommonRandomNumbers { get; set; } = true;

    /// <summary>
    /// The buffers of the model, as <c>module.buffers()</c> gives them: each evaluation begins with what they were before the step, and the
    /// step leaves them as its first evaluation with a finite objective did, so that batch normalization's running averages move once a
    /// step. None unless set: then each evaluation moves them.
    /// </summary>
    /// <value>The buffers themselves, not copies.</value>
    /// <exception cref="ArgumentNullException">The list or a buffer is null.</exception>
    public IReadOnlyList<Tensor> Buffers
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (var buffer in value) ArgumentNullException.ThrowIfNull(buffer, nameof(value));
            field = [.. value];
        }
    } = [];

    /// <summary>The buffers during the step that runs; null between steps.</summary>
    internal StepBuffers? RunningBuffers { get; private set; }

    /// <inheritdoc/>
    protected override (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options) => ([], []);

    /// <summary>Performs one step: evaluates the closure with the parameters perturbed in 2N ways, one after another, and updates
    /// them.</summary>
    /// <param name="closure">Returns the objective, a tensor of one element; it does not call backward(). It runs without gradients, in a
    /// dispose scope of its own. Required.</param>
    /// <returns>The mean of the objective over the directions that count, in the dtype of what the closure returned; the caller owns
    /// it.</returns>
    /// <exception cref="InvalidOperationException">There is no closure, it does not return a tensor of one element, no direction has finite
    /// rewards, or the update overflows. The parameters are as before then.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        ThrowIfUnusable();
        if (closure is null) throw new InvalidOperationException(
            "ARS compares evaluations: call step(closure) with a closure that returns the objective.");
        var dtype = ScalarType.Float32;
        var report = Step(ValueOf(() =>
        {
            var value = closure();
            dtype = value?.dtype ?? dtype;
            return value!;
        }), () => dtype);
        return tensor(Search.maximize!.Value ? report.Mean : -report.Mean, dtype);
    }

    /// <summary>Performs one step with an objective that returns a number and is told which perturbation it evaluates.</summary>
    /// <param name="objective">Computes the objective with the perturbed parameters. It runs without gradients, in a dispose scope of its
    /// own.</param>
    /// <returns>What the step did.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="objective"/> is null.</exception>
    /// <exception cref="InvalidOperationException">No direction has finite rewards, or the update overflows; the parameters are as before
    /// then.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public ARSReport step(Func<Perturbation, double> objective)
    {
        ThrowIfUnusable();
        ArgumentNullException.ThrowIfNull(objective);
        return Step(objective, () => ScalarType.Float64);
    }

    /// <summary>Performs one step whose evaluations are shared between evaluators that run at once. The same rewards give bitwise the
    /// result of the serial step.</summary>
    /// <param name="evaluators">At least one, each once; each is called by one thread at a time. See
    /// <see cref="PerturbedReplica"/>.</param>
    /// <param name="cancellation">Ends the step before the update.</param>
    /// <returns>What the step did. An evaluation that threw drops its direction and is reported.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="evaluators"/> is null.</exception>
    /// <exception cref="ArgumentException">There is no evaluator, one is null or given twice, or two replicas have a parameter in
    /// common.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing is changed.</exception>
    /// <exception cref="InvalidOperationException">No direction has finite rewards, or the update overflows; nothing is
    /// changed.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public ARSReport step(IReadOnlyList<IPerturbationEvaluator> evaluators, CancellationToken cancellation = default)
    {
        ThrowIfUnusable();
        ArgumentNullException.ThrowIfNull(evaluators);
        if (evaluators.Count == 0 || evaluators.Contains(null) || evaluators.Distinct().Count() < evaluators.Count)
            throw new ArgumentException("Give at least one evaluator, none of them null and each once.", nameof(evaluators));
        PerturbedReplica.CheckApart(evaluators);
        return WithBuffers(() =>
        {
            var evaluation = new ParallelEvaluation(Steps, Search.n_directions!.Value, evaluators, cancellation);
            evaluation.Run();
            return Update(evaluation.Plus, evaluation.Minus, evaluation.Failure);
        });
    }

    /// <summary>Evaluates an objective at one perturbation of the current step; afterwards the parameters have the bits that they had
    /// before.</summary>
    /// <remarks>With <see cref="Update(ReadOnlySpan{double}, ReadOnlySpan{double})"/> it is a step in parts, for processes that hold copies
    /// of a model and exchange numbers only.</remarks>
    /// <param name="perturbation">A perturbation whose step is <see cref="Steps"/>.</param>
    /// <param name="objective">Computes the objective with the perturbed parameters. It runs without gradients, in a dispose scope of its
    /// own.</param>
    /// <returns>What the objective returned.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="objective"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The perturbation is not one of the current step.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public double Evaluate(Perturbation perturbation, Func<Perturbation, double> objective)
    {
        ThrowIfUnusable();
        ArgumentNullException.ThrowIfNull(objective);
        CheckScheduled();
        var (searched, value) = (Searched, 0.0);
        using var buffers = new StepBuffers(Buffers);
        using var randomness = Randomness(searched);
        searched.GiveBackAfter(() => value = Evaluate(searched, perturbation, objective, buffers, randomness));
        return value;
    }

    /// <summary>Updates the parameters from the objective's values at all perturbations of the current step.</summary>
    /// <param name="plus">f(θ + νδₖ) for each direction, n_directions in all. A direction of which a value is NaN or infinite is
    /// dropped.</param>
    /// <param name="minus">f(θ − νδₖ) for each direction.</param>
    /// <returns>What the step did.</returns>
    /// <exception cref="ArgumentException">There are not n_directions values of each.</exception>
    /// <exception cref="InvalidOperationException">No direction has finite rewards, or the update overflows; nothing is
    /// changed.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public ARSReport Update(ReadOnlySpan<double> plus, ReadOnlySpan<double> minus)
    {
        ThrowIfUnusable();
        CheckScheduled();
        if (plus.Length != Search.n_directions || minus.Length != plus.Length)
            throw new ArgumentException(
                $"There are {plus.Length} and {minus.Length} values; the search has {Search.n_directions} directions.", nameof(plus));
        return Update(plus, minus, null);
    }

    /// <summary>Writes θ + sign·ν·δ into tensors of the parameters' shapes.</summary>
    internal void WritePerturbed(RandomSearchPass pass, IReadOnlyList<Tensor> targets, Perturbation perturbation)
    {
        Check(perturbation);
        Searched.WritePerturbed(pass, targets, perturbation);
    }

    /// <summary>A closure as an objective.</summary>
    internal static Func<Perturbation, double> ValueOf(Func<Tensor> closure)
    {
        ArgumentNullException.ThrowIfNull(closure);
        return _ => closure() is { NumberOfElements: 1 } value ? value.ToDouble()
            : throw new InvalidOperationException("ARS compares evaluations: the closure must return a tensor of one element.");
    }

    private void Check(Perturbation perturbation)
    {
        var (step, direction, sign) = perturbation;
        if (step != Steps || direction < 0 || direction >= Search.n_directions || sign is not (1 or -1))
            throw new ArgumentOutOfRangeException(nameof(perturbation), perturbation,
                $"{perturbation} is not of step {Steps} with {Search.n_directions} directions and the signs 1 and -1.");
    }

    private ARSReport Step(Func<Perturbation, double> objective, Func<ScalarType> dtype) => WithBuffers(() =>
    {
        var n = Search.n_directions!.Value;
        var (plus, minus) = (new double[n], new double[n]);
        var searched = Searched;
        using (var randomness = Randomness(searched))
            searched.GiveBackAfter(() =>
            {
                for (var k = 0; k < n; k++)
                {
                    plus[k] = Evaluate(searched, new(Steps, k, 1), objective, RunningBuffers!, randomness);
                    minus[k] = Evaluate(searched, new(Steps, k, -1), objective, RunningBuffers!, randomness);
                }
            });
        return Update(plus, minus, null, dtype());
    });

    private ARSReport WithBuffers(Func<ARSReport> step)
    {
        CheckScheduled();
        using var buffers = RunningBuffers = new(Buffers);
        try
        {
            var report = step();
            buffers.Keep();
            return report;
        }
        finally
        {
            RunningBuffers = null;
        }
    }

    private DirectionRandomness? Randomness(SearchedParameters searched) => CommonRandomNumbers ? new(searched.OnCuda) : null;

    private double Evaluate(SearchedParameters searched, Perturbation perturbation, Func<Perturbation, double> objective,
        StepBuffers buffers, DirectionRandomness? randomness)
    {
        Check(perturbation);
        searched.Perturb(pass, perturbation);
        randomness?.Begin(Search.seed!.Value, perturbation.Step, perturbation.Direction);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        try
        {
            var value = objective(perturbation);
            buffers.Offer(perturbation, value, Buffers);
            return value;
        }
        finally
        {
            buffers.Restore(Buffers);
        }
    }

    // Hyperparameters can be set between steps, unchecked.
    private void CheckScheduled()
    {
        foreach (var group in _parameter_groups) CheckDeltaStd(((Options)group.Options).delta_std ?? double.NaN);
        CheckTopDirections(TopDirections);
    }

    private static void CheckDeltaStd(double value)
    {
        if (!(value > 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException("delta_std", value,
                FormattableString.Invariant($"delta_std is {value}; it must be finite and greater than 0."));
    }

    private void CheckTopDirections(int value)
    {
        if (value < 1 || value > Search.n_directions)
            throw new ArgumentOutOfRangeException("top_directions", value,
                $"top_directions is {value}; it must be from 1 to n_directions, which is {Search.n_directions}.");
    }

    private ARSReport Update(ReadOnlySpan<double> plus, ReadOnlySpan<double> minus, Exception? failure,
        ScalarType dtype = ScalarType.Float64)
    {
        var pairs = new RewardPairs(plus, minus, Search.maximize!.Value, dtype);
        if (pairs.Dropped == plus.Length)
            throw new InvalidOperationException($"ARS: in step {Steps} not one of {plus.Length} directions has two finite rewards; a " +
                "smaller delta_std or a bounded objective may help.", failure);
        var weights = pairs.Weights(TopDirections, Search.normalize_by_std!.Value, out var sigma);
        var searched = Searched;
        if (searched.TooNarrow(weights) is { } parameter)
            throw new InvalidOperationException($"ARS: the update of step {Steps} overflows the {parameter.dtype} of " +
                $"{NameOf(parameter)}; scale the objective or set normalize_by_std.");
        var norm = searched.Move(pass, Steps, weights);
        LastStep = pairs.Report(Steps, sigma, norm, failure);
        foreach (var moved in parameters()) StateOf(moved).step++;
        return LastStep;
    }

    private static long DrawSeed()
    {
        using var drawn = randint(long.MaxValue, [1], ScalarType.Int64);
        return drawn.item<long>();
    }

    /// <summary>
    /// The hyperparameters of a group. lr and delta_std may differ from group to group; the others belong to the whole search and are left
    /// null, or equal the optimizer's.
    /// </summary>
    public sealed partial class Options : HyperparameterOptions
    {
        /// <summary>Learning rate (the step size α of the paper), ≥ 0; in units of the parameter where normalize_by_std is true.</summary>
        [Hyperparameter(Default = 0.02, AtLeast = 0)]
        public override double? lr { get => base.lr; set => base.lr = value; }

        /// <summary>N, the number of directions of a step, which evaluates the objective 2N times; 1 ≤ N &lt; 2³⁰.</summary>
        [Hyperparameter(Default = 8, AtLeast = 1, Below = 1 << 30, Shared = true)]
        public int? n_directions { get; set; }

        /// <summary>b, how many of the best directions make the update; 1 ≤ b ≤ N, null takes all.</summary>
        [Hyperparameter(AtLeast = 1, Optional = true, Shared = true)]
        public int? top_directions { get; set; }

        /// <summary>ν, the size of the perturbations, in units of the parameter; &gt; 0.</summary>
        [Hyperparameter(Default = 0.03, Above = 0, Scheduled = true)]
        public double? delta_std { get; set; }

        /// <summary>Whether to divide by σ, so that the scale of the objective does not matter.</summary>
        [Hyperparameter(Default = true, Shared = true)]
        public bool? normalize_by_std { get; set; }

        /// <summary>The seed of the perturbations, any number; null draws one from torch's default generator.</summary>
        [Hyperparameter(Optional = true, Shared = true)]
        public long? seed { get; set; }

        /// <summary>Whether to maximize the objective instead of minimizing it.</summary>
        [Hyperparameter(Default = false, Shared = true)]
        public bool? maximize { get; set; }

        /// <summary>Takes all directions, and draws a seed, where they are not given.</summary>
        protected override void Choose()
        {
            top_directions ??= n_directions;
            seed ??= DrawSeed();
        }

        /// <summary>Checks that top_directions ≤ n_directions.</summary>
        /// <exception cref="ArgumentOutOfRangeException">top_directions is greater.</exception>
        protected override void CheckTogether() => CheckAtMost(nameof(top_directions), top_directions, nameof(n_directions), n_directions);
    }
}
