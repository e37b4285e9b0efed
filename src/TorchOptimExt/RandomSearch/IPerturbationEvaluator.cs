namespace TorchOptimExt.RandomSearch;

/// <summary>
/// Evaluates the objective at perturbed parameters: on a replica of the model in this process
/// (<see cref="PerturbedReplica"/>), or in another process, to which only these numbers have to go.
/// </summary>
/// <example>
/// An evaluator that asks another process. That process has a copy of the model and an <see cref="ARS"/> with the same seed, answers
/// with <see cref="ARS.Evaluate(Perturbation, Func{Perturbation, double})"/>, and follows with
/// <see cref="ARS.Update(ReadOnlySpan{double}, ReadOnlySpan{double})"/> when it gets the values of all directions.
/// <code>
/// sealed class RemoteEvaluator(StreamReader answers, StreamWriter questions) : IPerturbationEvaluator
/// {
///     public double Evaluate(Perturbation perturbation, CancellationToken cancellation)
///     {
///         questions.WriteLine($"{perturbation.Step} {perturbation.Direction} {perturbation.Sign}");
///         questions.Flush();
///         return double.Parse(answers.ReadLine()!, CultureInfo.InvariantCulture);
///     }
/// }
/// </code>
/// </example>
public interface IPerturbationEvaluator
{
    /// <summary>Evaluates the objective at θ + sign · ν · δ. Of one evaluator it is called by one thread at a time.</summary>
    /// <param name="perturbation">Which step, direction and sign.</param>
    /// <param name="cancellation">The token of the step: a long evaluation should end when it is cancelled.</param>
    /// <returns>The objective; NaN or ±∞ drops the direction, as an exception does.</returns>
    double Evaluate(Perturbation perturbation, CancellationToken cancellation);
}
