namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>One row: the median milliseconds of a step, ours, TorchSharp's and that of ATen's fused kernel, and the least that memory allows.</summary>
internal sealed record StepResult(string Case, int Threads, string Optimizer, double Ours, double TorchSharp, double? Aten, double? Limit)
{
    public double Ratio => TorchSharp / Ours;
    public double? AtenRatio => Aten / Ours;
    public double? OfLimit => Ours / Limit;
}
