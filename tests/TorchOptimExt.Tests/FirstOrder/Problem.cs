using TorchOptimExt.Tests.TestFunctions;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.FirstOrder;

/// <summary>Something to minimize.</summary>
/// <param name="Name">What test arguments call it.</param>
/// <param name="LearningRate">One that suits optimizers whose steps are proportional to the gradient.</param>
/// <param name="Start">Where the parameters start, in float64.</param>
/// <param name="Loss">From the parameters, in their dtype.</param>
internal sealed record Problem(string Name, double LearningRate, Func<Tensor[]> Start, Func<IReadOnlyList<Parameter>, Tensor> Loss)
{
    private static readonly Lazy<(Tensor images, Tensor labels)> Digits = new(() => ReadDigits(200));

    public static IReadOnlyList<Problem> All { get; } =
    [
        Of(Functions.IllConditioned, 1e-7),
        Of(Functions.Rosenbrock, 1e-4),
        Of(Functions.LogisticRegression, 0.3),
        new("MLP on digits", 0.05, MlpStart, MlpLoss),
    ];

    public static Problem Named(string name) => All.Single(p => p.Name == name);

    /// <summary>New parameters at the start: dense, or every second element of their memory.</summary>
    public List<Parameter> Parameters(ScalarType dtype, bool strided = false)
    {
        using var scope = NewDisposeScope();
        return [.. Start().Select(t => (Parameter)new Parameter(strided ? Strided(t.to_type(dtype)) : t.to_type(dtype, copy: true)).DetachFromDisposeScope())];
    }

    /// <summary>The loss, whose gradients the parameters then have.</summary>
    public Tensor Gradients(IReadOnlyList<Parameter> parameters)
    {
        foreach (var parameter in parameters)
        {
            using var old = parameter.grad;
            old?.zero_();
        }
        using var scope = NewDisposeScope();
        var loss = Loss(parameters);
        loss.backward();
        return loss.detach().MoveToOuterDisposeScope();
    }

    public static Tensor Strided(Tensor values)
    {
        var every = zeros([.. values.shape, 2], values.dtype).select(-1, 0);
        every.copy_(values);
        return every;
    }

    private static Problem Of(TestFunction function, double lr) => new(function.Name, lr, () => [tensor(function.Starts[0], dtype: ScalarType.Float64)], p => function.Value(p[0]));

    private static Tensor[] MlpStart() =>
        [Pattern(0.2, 16, 64), Pattern(0.1, 16), Pattern(0.3, 10, 16), Pattern(0.1, 10)];

    // Numbers without a generator: equal on every version of libtorch.
    private static Tensor Pattern(double size, params long[] shape)
    {
        var count = (int)shape.Aggregate((a, b) => a * b);
        return tensor(Enumerable.Range(0, count).Select(i => size * ((37 * i + 11) % 101 - 50) / 50.0).ToArray(), shape, dtype: ScalarType.Float64);
    }

    private static Tensor MlpLoss(IReadOnlyList<Parameter> p)
    {
        var (images, labels) = Digits.Value;
        var hidden = images.to_type(p[0].dtype).matmul(p[0].t()).add(p[1]).tanh();
        return nn.functional.cross_entropy(hidden.matmul(p[2].t()).add(p[3]), labels);
    }

    private static (Tensor, Tensor) ReadDigits(int count)
    {
        var train = Datasets.Digits.Load().Train;
        var pixels = tensor(Array.ConvertAll(train.Pixels[..(64 * count)], pixel => pixel / 16.0), [count, 64]);
        return (pixels.DetachFromDisposeScope(), tensor(Array.ConvertAll(train.Labels[..count], label => (long)label)).DetachFromDisposeScope());
    }
}
