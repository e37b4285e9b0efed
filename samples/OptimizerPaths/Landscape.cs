using static TorchSharp.torch;

namespace OptimizerPaths;

/// <summary>A function of two variables and the part of the plane that pictures show.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The function of x and y, which are tensors of one shape.</param>
/// <param name="Start">Where paths begin.</param>
/// <param name="Minimum">Where the function is least; its value there is 0.</param>
/// <param name="Window">Left, right, bottom, top.</param>
/// <param name="Steps">How many steps an optimizer takes on it.</param>
/// <param name="Innermost">The value of the innermost level line.</param>
internal sealed record Landscape(string Name, Func<Tensor, Tensor, Tensor> Value, (double x, double y) Start, (double x, double y) Minimum, (double left, double right, double bottom, double top) Window, int Steps, double Innermost)
{
    private const double Condition = 50, Turn = Math.PI / 6;

    /// <summary>100 (y − x²)² + (1 − x)²: a valley that bends.</summary>
    public static Landscape Rosenbrock { get; } = new("Rosenbrock", (x, y) => 100 * (y - x * x).square() + (1 - x).square(), (-1.2, 1), (1, 1), (-1.7, 1.7, -0.75, 1.8), 300, 1.5);

    /// <summary>½ (u² + 50 v²) in axes that are turned by 30°: a straight valley along neither coordinate.</summary>
    public static Landscape Valley { get; } = new("Valley, κ = 50", (x, y) =>
    {
        var (u, v) = (Math.Cos(Turn) * x + Math.Sin(Turn) * y, Math.Cos(Turn) * y - Math.Sin(Turn) * x);
        return (u.square() + Condition * v.square()) / 2;
    }, (-3.2, -0.6), (0, 0), (-4, 1.2, -2.4, 1.5), 100, 0.1);

    public static IReadOnlyList<Landscape> Both { get; } = [Rosenbrock, Valley];
}
