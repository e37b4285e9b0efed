using static TorchSharp.torch;

namespace CompareOptimizers.Surfaces;

/// <summary>A function of two variables whose minima are known.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Notation">Its formula, to be read.</param>
/// <param name="Formula">The function, element by element.</param>
/// <param name="Least">Its least value.</param>
/// <param name="Start">Where descents begin.</param>
/// <param name="X">The part that is drawn.</param>
/// <param name="Y">The part that is drawn.</param>
/// <param name="Minima">Where it has its least value.</param>
internal sealed record Surface(
    string Name, string Notation, Func<Tensor, Tensor, Tensor> Formula, double Least,
    (double x, double y) Start, (double min, double max) X, (double min, double max) Y, (double x, double y)[] Minima)
{
    private const int GridPoints = 81;

    public static readonly Surface Rosenbrock = new(
        "Rosenbrock", "(1 − x)² + 100 (y − x²)²", (x, y) => (1 - x).square() + 100 * (y - x.square()).square(), 0, (-1.2, 1), (-2, 2), (-1, 3), [(1, 1)]);

    public static readonly Surface Beale = new(
        "Beale", "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²",
        (x, y) => (1.5 - x + x * y).square() + (2.25 - x + x * y.square()).square() + (2.625 - x + x * y.pow(3)).square(), 0, (1, 1), (-1, 4.5), (-2, 2), [(3, 0.5)]);

    public static readonly Surface Himmelblau = new(
        "Himmelblau", "(x² + y − 11)² + (x + y² − 7)²", (x, y) => (x.square() + y - 11).square() + (x + y.square() - 7).square(), 0, (-0.5, -1), (-5, 5), (-5, 5),
        [(3, 2), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)]);

    public static readonly Surface Saddle = new(
        "Saddle", "x² − y² + y⁴/4", (x, y) => x.square() - y.square() + y.pow(4) / 4, -1, (-1.5, 0.01), (-2, 2), (-2, 2), [(0, Math.Sqrt(2)), (0, -Math.Sqrt(2))]);

    public static readonly Surface Valley = new(
        "Valley", "½ (u² + 50 v²), where the axes u and v are turned by 30°", NarrowValley, 0, (-3.2, -0.6), (-4, 1.2), (-2.4, 1.5), [(0, 0)]);

    public static readonly Surface[] All = [Rosenbrock, Beale, Himmelblau, Saddle, Valley];

    /// <summary>The function on a grid: the places of its columns and rows, and the values in rows.</summary>
    public (double[] x, double[] y, double[][] heights) Heights()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (linspace(X.min, X.max, GridPoints, ScalarType.Float64), linspace(Y.min, Y.max, GridPoints, ScalarType.Float64));
        var values = Formula(x.view(1, -1).expand(GridPoints, GridPoints), y.view(-1, 1).expand(GridPoints, GridPoints));
        return (Places(x), Places(y), [.. Enumerable.Range(0, GridPoints).Select(row => values[row].contiguous().data<double>().ToArray())]);
    }

    private static double[] Places(Tensor places) => [.. places.data<double>().Select(place => Math.Round(place, 4))];

    private static Tensor NarrowValley(Tensor x, Tensor y)
    {
        const double turn = Math.PI / 6;
        var (u, v) = (Math.Cos(turn) * x + Math.Sin(turn) * y, Math.Cos(turn) * y - Math.Sin(turn) * x);
        return (u.square() + 50 * v.square()) / 2;
    }
}
