using TorchOptimExt.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// Evaluates the objective on a replica of the model in this process, so that several run at once. The optimizer's own
/// parameters are read, the replica's are overwritten: give each replica a module of its own.
/// </summary>
/// <example>
/// <code>
/// var optimizer = torch.optim.ARS(model.parameters(), seed: 1);
/// var report = optimizer.step([Replica(), Replica()]);
///
/// PerturbedReplica Replica()
/// {
///     var copy = torch.nn.Linear(4, 1);
///     return new(optimizer, copy.parameters(), perturbation => Episode(copy, perturbation));     // Episode: your simulation
/// }
/// </code>
/// </example>
public sealed class PerturbedReplica : IPerturbationEvaluator
{
    private readonly ARS optimizer;
    private readonly Parameter[] parameters;
    private readonly Func<Perturbation, double> objective;
    private readonly RandomSearchPass pass = new(most_threads: 1);     // the evaluators share the processors already

    /// <summary>Creates a replica whose objective is a number.</summary>
    /// <param name="optimizer">The search.</param>
    /// <param name="parameters">The replica's parameters in the optimizer's order, with the same shapes and dtypes.</param>
    /// <param name="objective">Computes the objective with the replica's parameters; it runs without gradients, in a dispose scope of its
    /// own. What is random in it must follow from the perturbation alone, if a parallel run is to repeat a serial one.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">A parameter is null, the parameters do not match the optimizer's in number, shape or dtype, or
    /// they share memory with those or with one another.</exception>
    public PerturbedReplica(ARS optimizer, IEnumerable<Parameter> parameters, Func<Perturbation, double> objective)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(objective);
        (this.optimizer, this.parameters, this.objective) = (optimizer, [.. parameters], objective);
        var own = optimizer.parameters().ToArray();
        if (own.Length != this.parameters.Length)
            throw new ArgumentException($"The replica has {this.parameters.Length} parameters, the optimizer {own.Length}.",
                nameof(parameters));
        foreach (var (theirs, ours) in this.parameters.Zip(own))
        {
            if (theirs is null) throw new ArgumentException("The list of parameters holds a null.", nameof(parameters));
            if (theirs.dtype != ours.dtype || !theirs.shape.SequenceEqual(ours.shape))
                throw new ArgumentException($"A parameter of the replica is {theirs.dtype} of shape " +
                    $"[{string.Join(", ", theirs.shape)}], the optimizer's {ours.dtype} of shape [{string.Join(", ", ours.shape)}].",
                    nameof(parameters));
        }
        if (ParameterChecks.ShareMemory([.. own, .. this.parameters]))
            throw new ArgumentException("The replica's parameters share memory with the optimizer's; give it a module of its own.",
                nameof(parameters));
    }

    /// <summary>Creates a replica whose objective is a tensor of one element.</summary>
    /// <inheritdoc cref="PerturbedReplica(ARS, IEnumerable{Parameter}, Func{Perturbation, double})"/>
    public PerturbedReplica(ARS optimizer, IEnumerable<Parameter> parameters, Func<Tensor> objective)
        : this(optimizer, parameters, ARS.ValueOf(objective)) { }

    /// <summary>The buffers of the replica, in the order of the optimizer's <see cref="ARS.Buffers"/>; none unless set.</summary>
    /// <exception cref="ArgumentNullException">The list is null.</exception>
    /// <exception cref="ArgumentException">They do not match the optimizer's in number, shape or dtype.</exception>
    public IReadOnlyList<Tensor> Buffers
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Count != optimizer.Buffers.Count || value.Zip(optimizer.Buffers)
                .Any(pair => pair.First.dtype != pair.Second.dtype || !pair.First.shape.SequenceEqual(pair.Second.shape)))
                throw new ArgumentException("The replica's buffers are not as many and of the same shapes and dtypes as those of the " +
                    "optimizer; set those first.", nameof(value));
            field = [.. value];
        }
    } = [];

    /// <summary>Replicas that are evaluated at once are written at once.</summary>
    /// <exception cref="ArgumentException">Two of them have a parameter in common.</exception>
    internal static void CheckApart(IEnumerable<IPerturbationEvaluator> evaluators)
    {
        var seen = new HashSet<nint>();
        if (!evaluators.OfType<PerturbedReplica>().SelectMany(replica => replica.parameters).All(parameter => seen.Add(parameter.Handle)))
            throw new ArgumentException("Two replicas have a parameter in common; give each a module of its own.", nameof(evaluators));
    }

    /// <summary>Writes the perturbed parameters into the replica and evaluates its objective. What the objective throws is passed
    /// on.</summary>
    /// <param name="perturbation">A perturbation of the optimizer's current step.</param>
    /// <param name="cancellation">Looked at before the objective is evaluated.</param>
    /// <returns>The objective.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The perturbation is not one of the current step.</exception>
    /// <exception cref="InvalidOperationException">The objective does not return a tensor of one element.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public double Evaluate(Perturbation perturbation, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        optimizer.WritePerturbed(pass, parameters, perturbation);
        if (Buffers.Count == 0 || optimizer.RunningBuffers is not { } running) return objective(perturbation);
        running.Restore(Buffers);
        var value = objective(perturbation);
        running.Offer(perturbation, value, Buffers);
        return value;
    }
}
