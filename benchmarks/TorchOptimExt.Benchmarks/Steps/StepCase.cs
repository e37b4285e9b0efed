using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>The parameters that a step updates.</summary>
/// <param name="Name">How the table calls it.</param>
/// <param name="Shapes">One shape a parameter.</param>
/// <param name="LastStrided">Whether the last one is a transposed view, which no single pass over memory can visit.</param>
internal sealed record StepCase(string Name, long[][] Shapes, bool LastStrided = false)
{
    public static StepCase[] All { get; } =
    [
        new("10M", [[10_000_000]]),
        new("500x1000", Repeat([1000], 500)),
        new("mlp-784-256-10", [[256, 784], [256], [10, 256], [10]]),
        new("500x1000-unfused", Repeat([25, 40], 500), LastStrided: true),
    ];

    public long Elements { get; } = Shapes.Sum(shape => shape.Aggregate(1L, (a, b) => a * b));

    /// <summary>Random parameters with random gradients, the same at each call.</summary>
    public Parameter[] Parameters()
    {
        manual_seed(1);
        return [.. Shapes.Select((shape, k) => WithGradient(shape, LastStrided && k == Shapes.Length - 1))];
    }

    private static Parameter WithGradient(long[] shape, bool strided)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var values = strided ? randn([.. shape.Reverse()]).t() : randn(shape);
        var gradient = randn_like(values);
        return (Parameter)new Parameter(values) { grad = gradient }.DetachFromDisposeScope();
    }

    private static long[][] Repeat(long[] shape, int count) => [.. Enumerable.Repeat(shape, count)];
}
