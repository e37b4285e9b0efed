namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>One row: the median milliseconds of a step, ours, TorchSharp's and PyTorch's, and the least that memory allows.</summary>
internal sealed record StepResult(string Optimizer, string Case, int Threads, double Ours, double Reference, double Limit, double? PyTorch)
{
    public double Ratio => Reference / Ours;
    public double? PyTorchRatio => PyTorch / Ours;
}
