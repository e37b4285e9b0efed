namespace TorchOptimExt.LineSearch;

/// <summary>How <see cref="LineSearchOptimizer.minimize"/> ended, and what it took. F = ±f + ½·Σ λ‖θ‖² is what is minimized.</summary>
/// <param name="Outcome">Why it ended: Accepted where max_steps were done, else the outcome of the last step.</param>
/// <param name="Value">F where it ended.</param>
/// <param name="LargestGradient">max|g| where it ended; NaN where F or the gradient is not finite there.</param>
/// <param name="Steps">How many steps moved the parameters.</param>
/// <param name="Evaluations">How often the closure was called.</param>
/// <param name="Gradients">How many backward passes there were.</param>
/// <param name="HessianProducts">How many products of the Hessian with a vector were computed, without those for whole Hessians.</param>
/// <param name="Hessians">How many Hessians were computed.</param>
public sealed record MinimizeResult(LineSearchOutcome Outcome, double Value, double LargestGradient, int Steps, int Evaluations,
    int Gradients, int HessianProducts, int Hessians)
{
    /// <summary>Whether a minimum was found: the outcome is Converged.</summary>
    public bool Converged => Outcome == LineSearchOutcome.Converged;
}
