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
        new("mlp-203k", [[256, 784], [256], [10, 256], [10]]),
        new("500x1", Repeat([1], 500)),         // what a parameter costs by itself
        new("500x1000", Repeat([1000], 500)),
        new("resnet18", ResNet18()),
        new("10M", [[10_000_000]]),
        new("500x1000-unfused", Repeat([25, 40], 500), LastStrided: true),
    ];

    public long Elements { get; } = Shapes.Sum(shape => shape.Aggregate(1L, (a, b) => a * b));

    /// <summary>Whether the data is so much that it comes from memory, whose speed then is a limit, and not from a cache.</summary>
    public bool IsBoundByMemory => Elements >= 5_000_000;

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

    /// <summary>The shapes of the network for images of K. He and others, "Deep residual learning for image recognition", 2015: 62 tensors, 11.7M elements.</summary>
    private static long[][] ResNet18()
    {
        List<long[]> shapes = [[64, 3, 7, 7], [64], [64]];
        void Add(long outputs, long inputs, long side) => shapes.AddRange([[outputs, inputs, side, side], [outputs], [outputs]]);
        long before = 64;
        foreach (var width in (long[])[64, 128, 256, 512])
        {
            Add(width, before, 3);
            Add(width, width, 3);
            if (width != before) Add(width, before, 1);
            Add(width, width, 3);
            Add(width, width, 3);
            before = width;
        }
        return [.. shapes, [1000, 512], [1000]];
    }
}
