namespace TorchOptimExt.Benchmarks.LineSearch;

/// <summary>What a minimizer needed, and the largest element of the gradient where it ended.</summary>
internal sealed record Outcome(int Functions, int Gradients, double Seconds, double LargestGradient, string? Failure = null)
{
    public bool Converged => LargestGradient < 1e-8;
}
