using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using TorchOptimExt.Checkpointing;
using TorchOptimExt.RandomSearch;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt;

/// <summary>
/// Trains a policy in an environment by <see cref="ARS"/>: episodes run in parallel, observations are normalized, the best policy is kept,
/// and all of it is in one checkpoint.
/// </summary>
/// <remarks>
/// <para>A step runs 2N episodes, one for each end of each direction; both ends of a direction begin from the same random numbers. The
/// normalization is that of the steps before, and takes over what this step's episodes saw when they have ended, in their order: the bits
/// are those of a run on one thread. An episode that throws, or whose reward is not finite, drops its direction.</para>
/// <para>Begin with a linear policy whose weights are zero, as the paper does (<c>nn.init.zeros_</c>).</para>
/// <para>Source: H. Mania, A. Guy, B. Recht, "Simple random search provides a competitive approach to reinforcement learning", 2018,
/// algorithm 2.</para>
/// </remarks>
/// <example>
/// <code>
/// using var search = new PolicySearch(() => torch.nn.Linear(4, 1), () => new Cart(), new() { LearningRate = 0.1, DeltaStd = 0.1 });
/// for (var step = 0; step &lt; 100; step++) Console.WriteLine(search.step());
/// search.RestoreBest();
/// Console.WriteLine(search.Evaluate(episodes: 100));
///
/// sealed class Cart : IEnvironment        // your simulator
/// {
///     public int ObservationSize => 4;
///     public void Reset(Random random, Span&lt;double&gt; observation) => observation.Clear();
///     public (double reward, bool done) Step(ReadOnlySpan&lt;double&gt; action, Span&lt;double&gt; observation) => (1, false);
/// }
/// </code>
/// </example>
public sealed class PolicySearch : IDisposable
{
    private const string EpisodesKey = "episodes", BestKey = "best", BestStepKey = "best step";
    private const int StepEpisodes = 0, EvaluationEpisodes = 1;

    private readonly PolicySearchOptions options;
    private readonly PolicyReplica main, best;
    private readonly ObservationNormalizer? normalizer, bestNormalizer;
    private readonly List<PolicyReplica> replicas = [];
    private readonly IPerturbationEvaluator[] evaluators;
    private readonly PolicySearchState state;

    // What each evaluation of a step saw, merged in this order whichever thread it ran on.
    private readonly Moments[] seen;
    private ObservationScale scale;
    private CancellationToken cancellation;

    /// <summary>Makes a search.</summary>
    /// <param name="policy">Makes the policy: from an observation of shape [ObservationSize], normalized and in the dtype of its
    /// parameters, to the action. It is called once for each thread and twice more; all copies get the weights of the first.</param>
    /// <param name="environment">Makes an environment; called as often. Those that can be are disposed with the search.</param>
    /// <param name="options">The settings; null takes the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="policy"/> or <paramref name="environment"/> is null.</exception>
    /// <exception cref="ArgumentException">The policy has no parameters or is the same object twice, or the environment observes
    /// nothing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public PolicySearch(Func<nn.Module<Tensor, Tensor>> policy, Func<IEnvironment> environment, PolicySearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(environment);
        this.options = options ??= new();
        options.Check();
        PolicyReplica Replica() => new(policy(), environment(), options.LongestEpisode);
        (main, best) = (Replica(), Replica());
        Optimizer = torch.optim.ARS(main.Policy.parameters(), options.LearningRate, options.Directions, options.TopDirections,
            options.DeltaStd, seed: options.Seed, maximize: true);
        for (var k = 0; k < options.Threads; k++) replicas.Add(Replica());
        evaluators = [.. replicas.Select(replica =>
            new PerturbedReplica(Optimizer, replica.Policy.parameters(), p => Reward(replica, p)))];
        if (options.Normalize)
            (normalizer, bestNormalizer) = (new(main.ObservationSize), new(main.ObservationSize));
        state = new(main.Policy, best.Policy, normalizer, bestNormalizer);
        seen = new Moments[2 * options.Directions];
        Copy(main.Policy, best.Policy);
    }

    /// <summary>The optimizer: for schedules of the learning rate, <see cref="ARS.DeltaStd"/> and
    /// <see cref="ARS.TopDirections"/>.</summary>
    public ARS Optimizer { get; }

    /// <summary>The policy itself, which takes normalized observations; <see cref="Act"/> normalizes.</summary>
    public nn.Module<Tensor, Tensor> Policy => main.Policy;

    /// <summary>What normalizes the observations; null where they are not. The search owns it.</summary>
    public ObservationNormalizer? Normalizer => normalizer;

    /// <summary>How many episodes all steps have taken so far; those of evaluations do not count.</summary>
    public long Episodes { get; private set; }

    /// <summary>The best evaluation of the unperturbed policy so far; null before the first one.</summary>
    public double? Best { get; private set; }

    /// <summary>After how many steps that was; null before the first evaluation.</summary>
    public long? BestStep { get; private set; }

    /// <summary>Performs one step of 2N episodes, and an evaluation where one is due.</summary>
    /// <param name="cancellation">Ends the step before anything is changed, or the evaluation after it, which is left out then; looked at
    /// before each action.</param>
    /// <returns>What the step did.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before the step was made; nothing is changed.</exception>
    /// <exception cref="InvalidOperationException">No direction has two finite rewards; nothing is changed.</exception>
    /// <exception cref="ObjectDisposedException">The search was disposed.</exception>
    /// <remarks>What an episode of an evaluation throws is passed on; the step before it stays.</remarks>
    public PolicySearchReport step(CancellationToken cancellation = default)
    {
        (this.cancellation, scale) = (cancellation, Scale());
        Array.Clear(seen);
        var report = Optimizer.step(evaluators, cancellation);
        foreach (var moments in seen) if (moments is { Count: > 0 }) normalizer?.Take(moments);
        Episodes += report.Evaluations;
        double? evaluation = options.EvaluateEvery > 0 && Optimizer.Steps % options.EvaluateEvery == 0 ? EvaluateAndKeep() : null;
        return new(report, Episodes, evaluation, Best);
    }

    // The step was made before it: a token that is cancelled now ends the evaluation only, and the next step.
    private double? EvaluateAndKeep()
    {
        double reward;
        try
        {
            reward = Evaluate(options.EvaluationEpisodes, seed: -1, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
        if (!(reward > (Best ?? double.NegativeInfinity))) return reward;
        (Best, BestStep) = (reward, Optimizer.Steps);
        Copy(main.Policy, best.Policy);
        if (normalizer is not null) Copy(normalizer, bestNormalizer!);
        return reward;
    }

    /// <summary>Performs steps.</summary>
    /// <param name="steps">How many, ≥ 0.</param>
    /// <param name="progress">Is told of each step on the thread that calls this, before the next one begins.</param>
    /// <param name="target">Ends the run once an evaluation reaches it; null makes all steps.</param>
    /// <param name="cancellation">Ends the run; steps that were made stay.</param>
    /// <returns>What the last step did; null without steps.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is negative.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the steps before it stay.</exception>
    /// <exception cref="InvalidOperationException">No direction of a step has two finite rewards.</exception>
    public PolicySearchReport? Run(
        int steps, IProgress<PolicySearchReport>? progress = null, double? target = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        PolicySearchReport? last = null;
        for (var k = 0; k < steps && !(last?.Evaluation >= target); k++)
        {
            last = step(cancellation);
            progress?.Report(last);
        }
        return last;
    }

    /// <summary>Evaluates the unperturbed policy; records nothing.</summary>
    /// <param name="episodes">How many episodes, ≥ 1.</param>
    /// <param name="seed">Decides the episodes, which are others than those of training.</param>
    /// <param name="cancellation">Looked at before each action.</param>
    /// <returns>The mean reward of an episode.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="episodes"/> is less than 1.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <remarks>What an episode throws is passed on, that of the first of several.</remarks>
    public double Evaluate(int episodes, int seed = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(episodes, 1);
        var (rewards, normalization) = (new double[episodes], Scale());
        foreach (var replica in replicas) Copy(main.Policy, replica.Policy);
        var free = new System.Collections.Concurrent.ConcurrentBag<PolicyReplica>(replicas);
        var failures = new Exception?[episodes];
        Parallel.For(0, episodes, new() { MaxDegreeOfParallelism = replicas.Count }, k =>
        {
            if (!free.TryTake(out var replica)) throw new InvalidOperationException("More episodes run than there are replicas.");
            try
            {
                rewards[k] = replica.Run(Generator(EvaluationEpisodes, seed, k), normalization, null, cancellation);
            }
            catch (Exception e)
            {
                failures[k] = e;
            }
            finally
            {
                free.Add(replica);
            }
        });
        cancellation.ThrowIfCancellationRequested();
        if (failures.FirstOrDefault(failure => failure is not null) is { } first) ExceptionDispatchInfo.Throw(first);
        return rewards.Average();
    }

    /// <summary>The policy's action.</summary>
    /// <param name="observation">An observation as the environment gives it, not normalized.</param>
    /// <returns>The policy's outputs.</returns>
    /// <exception cref="ArgumentException">The observation has another size than the environment's.</exception>
    public double[] Act(ReadOnlySpan<double> observation)
    {
        if (observation.Length != main.ObservationSize)
            throw new ArgumentException($"The observation has {observation.Length} values, not {main.ObservationSize}.",
                nameof(observation));
        using var quiet = no_grad();
        return (double[])main.Act(observation, Scale()).Clone();
    }

    /// <summary>Makes the policy and its normalization those of the best evaluation; nothing before the first one.</summary>
    public void RestoreBest()
    {
        if (Best is null) return;
        Copy(best.Policy, main.Policy);
        if (normalizer is not null) Copy(bestNormalizer!, normalizer);
    }

    /// <summary>Saves policy, normalization, optimizer, the best policy and the counts: a <see cref="Checkpoint"/>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArgumentException">The path is null or empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "No schedule is saved.")]
    public void Save(string path) => Checkpoint.Save(path, state, Optimizer, values: new Dictionary<string, object>
    {
        [EpisodesKey] = Episodes,
        [BestKey] = Best ?? double.NaN,
        [BestStepKey] = BestStep ?? -1,
    });

    /// <summary>Continues from a file, with the bits of a search that was not interrupted: all of it or nothing.</summary>
    /// <param name="path">The file of a search with the same policy.</param>
    /// <exception cref="CheckpointException">The file is damaged or of another search; nothing is changed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "No schedule is loaded.")]
    public void Load(string path)
    {
        if (!Checkpoint.Read(path).Values.ContainsKey(BestStepKey))
            throw new CheckpointException($"{path} is a checkpoint, but not of a policy search.");
        var values = Checkpoint.Load(path, state, Optimizer).Values;
        Episodes = (long)values[EpisodesKey];
        (Best, BestStep) = (long)values[BestStepKey] is >= 0 and var step ? ((double)values[BestKey], step) : ((double?)null, (long?)null);
    }

    /// <summary>Disposes the policies, the environments where they can be, and the optimizer.</summary>
    public void Dispose()
    {
        Optimizer.Dispose();
        foreach (var replica in replicas.Append(main).Append(best)) replica.Dispose();
        normalizer?.Dispose();
        bestNormalizer?.Dispose();
    }

    private double Reward(PolicyReplica replica, Perturbation p)
    {
        var place = 2 * p.Direction + (p.Sign < 0 ? 1 : 0);
        var moments = seen[place] = new(replica.ObservationSize);
        var generator = Generator(StepEpisodes, p.Step, options.CommonRandomNumbers ? p.Direction : place);
        return replica.Run(generator, scale, moments, cancellation);
    }

    private Random Generator(int use, long number, int place) =>
        new((int)GaussianNoise.SeedOf(options.Seed + use * 0x5851f42d4c957f2d, number, place));

    private ObservationScale Scale()
    {
        if (normalizer is not { Count: > 1 }) return default;
        using var scope = NewDisposeScope();
        return new(normalizer.Mean().data<double>().ToArray(), normalizer.StandardDeviation().data<double>().ToArray());
    }

    private static void Copy(nn.Module from, nn.Module to)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var values = from.state_dict();
        foreach (var (name, tensor) in to.state_dict()) tensor.copy_(values[name]);
    }
}
