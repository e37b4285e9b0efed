namespace TorchOptimExt;

/// <summary>
/// Evaluates the objective at perturbed parameters: on a replica of the model in this process
/// (<see cref="PerturbedReplica"/>), or in another process, to which only these numbers have to go.
/// </summary>
public interface IPerturbationEvaluator
{
    /// <summary>The objective at θ + sign · ν · δ(step, direction). Called by one thread at a time.</summary>
    /// <returns>The objective; NaN or ±∞ drops the direction, as an exception does.</returns>
    double Evaluate(Perturbation perturbation, CancellationToken cancellation);
}
