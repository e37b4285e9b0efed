using TorchSharp;
using static TorchOptimExt.Tests.TestFunctions.Residuals;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.TestFunctions;

/// <summary>
/// Functions with known minima. Unless another source is named: J. J. Moré, B. S. Garbow, K. E. Hillstrom,
/// "Testing Unconstrained Optimization Software", ACM TOMS 7, 1981, with the number that the function has there.
/// Minimizers that are no round numbers were found by Newton's method in 50 digits.
/// </summary>
public static class Functions
{
    /// <summary>No. 1; the second start is that of Nocedal and Wright, "Numerical Optimization", exercise 3.1.</summary>
    public static TestFunction Rosenbrock { get; } = new("Rosenbrock",
        x => Squares(10 * (x[1] - x[0] * x[0]), 1 - x[0]), 0, [[1, 1]], [[-1.2, 1], [1.2, 1.2]]);

    /// <summary>No. 5.</summary>
    public static TestFunction Beale { get; } = new("Beale",
        x => Squares(1.5 - x[0] * (1 - x[1]), 2.25 - x[0] * (1 - x[1] * x[1]), 2.625 - x[0] * (1 - x[1] * x[1] * x[1])), 0, [[3, 0.5]],
            [[1, 1]]);

    /// <summary>D. M. Himmelblau, "Applied Nonlinear Programming", 1972: four minima, a maximum and four saddles.</summary>
    public static TestFunction Himmelblau { get; } = new("Himmelblau",
        x => Squares(x[0] * x[0] + x[1] - 11, x[0] + x[1] * x[1] - 7), 0,
        [[3, 2], [-2.805118086952745, 3.131312518250573], [-3.779310253377747, -3.283185991286170],
            [3.584428340330492, -1.848126526964404]], [[0, 0], [1, 1]]);

    /// <summary>A quadratic whose level curves are ellipses at 45 degrees; M. Jamil and X.-S. Yang, "A Literature Survey of Benchmark
    /// Functions", 2013, no. 17.</summary>
    public static TestFunction Booth { get; } = new("Booth",
        x => Squares(x[0] + 2 * x[1] - 7, 2 * x[0] + x[1] - 5), 0, [[1, 3]], [[0, 0]]);

    /// <summary>No. 13: the Hessian is singular at the minimum.</summary>
    public static TestFunction PowellSingular { get; } = new("Powell singular", Powell, 0, [[0, 0, 0, 0]], [[3, -1, 0, 1]]);

    /// <summary>No. 14: four variables, a saddle near the way.</summary>
    public static TestFunction Wood { get; } = new("Wood",
        x => Squares(10 * (x[1] - x[0] * x[0]), 1 - x[0], Math.Sqrt(90) * (x[3] - x[2] * x[2]), 1 - x[2], Math.Sqrt(10) * (x[1] + x[3] - 2),
            (x[1] - x[3]) / Math.Sqrt(10)),
        0, [[1, 1, 1, 1]], [[-3, -1, -3, -1]]);

    /// <summary>No. 7: a helical valley.</summary>
    public static TestFunction HelicalValley { get; } = new("Helical valley",
        x => Squares(10 * (x[2] - 10 * Turns(x[0], x[1])), 10 * ((x[0].square() + x[1].square()).sqrt() - 1), x[2]), 0, [[1, 0, 0]],
            [[-1, 0, 0]]);

    /// <summary>No. 4: the variables differ by twelve orders of magnitude.</summary>
    public static TestFunction BrownBadlyScaled { get; } = new("Brown badly scaled",
        x => Squares(x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2), 0, [[1e6, 2e-6]], [[1, 1]]);

    /// <summary>½ Σ aₖxₖ², a from 1 to 10⁶ in equal ratios.</summary>
    public static TestFunction IllConditioned { get; } = new("Quadratic, κ = 1e6",
        x => (x.square() * Like(x, Enumerable.Range(0, 10).Select(k => Math.Pow(10, 6.0 * k / 9)))).sum() / 2, 0, [new double[10]],
            [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]]);

    /// <summary>
    /// Logistic regression, mean loss, on a feature with four levels that are coded as an intercept and three indicators:
    /// of 10, 10, 8 and 12 rows 7, 2, 5 and 1 are positive. The fitted probability of a level is then its share of positives.
    /// </summary>
    public static TestFunction LogisticRegression { get; } = new("Logistic regression", LogisticLoss,
        Shares.Sum(s => -s.rows / 40 * (s.share * Math.Log(s.share) + (1 - s.share) * Math.Log(1 - s.share))),
        [[Logit(0.7), Logit(0.2) - Logit(0.7), Logit(0.625) - Logit(0.7), Logit(1.0 / 12) - Logit(0.7)]], [[0, 0, 0, 0]]);

    /// <summary>No. 21 with 100 variables: 50 valleys of Rosenbrock's side by side.</summary>
    public static TestFunction ExtendedRosenbrock { get; } = new("Extended Rosenbrock, n = 100",
        x => Valleys(x.reshape(50, 2)), 0, [Repeated(50, 1, 1)], [Repeated(50, -1.2, 1)]);

    /// <summary>No. 22 with 100 variables: 25 of Powell's singular functions side by side.</summary>
    public static TestFunction ExtendedPowell { get; } = new("Extended Powell, n = 100",
        x => Powell(x.reshape(25, 4).t()), 0, [new double[100]], [Repeated(25, 3, -1, 0, 1)]);

    /// <summary>No. 25 with 10 variables.</summary>
    public static TestFunction VariablyDimensioned { get; } = new("Variably dimensioned, n = 10", x =>
    {
        var sum = (Range(x, 10, 1, 1) * (x - 1)).sum();
        return Squares(x - 1) + sum.square() + sum.pow(4);
    }, 0, [Repeated(10, 1)], [[.. Enumerable.Range(1, 10).Select(j => 1 - j / 10.0)]]);

    /// <summary>No. 23 with 10 variables and a = 1e-5.</summary>
    public static TestFunction PenaltyI { get; } = new("Penalty I, n = 10", x => 1e-5 * Squares(x - 1) + (x.square().sum() - 0.25).square(),
        7.0876514670903694e-5, [Repeated(10, 0.15812230111311636)], [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);

    /// <summary>No. 26 with 10 variables: the smallest value is 0, and a local minimum lies near the start.</summary>
    public static TestFunction Trigonometric { get; } = new("Trigonometric, n = 10",
        x => Squares(10 - x.cos().sum() + Range(x, 10, 1, 1) * (1 - x.cos()) - x.sin()), 0, [new double[10]], [Repeated(10, 0.1)])
    {
        LocalMinima = [(2.7950561218794563e-5,
            [0.055150903980691293, 0.056840616794738563, 0.058764001762695084, 0.060990608656760805, 0.06362621369585451,
            0.066843179452758789, 0.20816151856988116, 0.16436309588564774, 0.085006895688507445, 0.091431450714707944])],
    };

    /// <summary>The 25 functions and logistic regression.</summary>
    public static IReadOnlyList<TestFunction> All { get; } =
    [
        Rosenbrock, ExtendedRosenbrock, Beale, Himmelblau, Booth, PowellSingular, ExtendedPowell, Wood, HelicalValley, BrownBadlyScaled,
            IllConditioned,
        .. Fits.All, PenaltyI, VariablyDimensioned, Trigonometric, LogisticRegression,
    ];

    /// <summary>Each function with each of its starts.</summary>
    public static IEnumerable<(TestFunction function, double[] start)> Problems => All.SelectMany(f => f.Starts.Select(s => (f, s)));

    private static (double rows, double share)[] Shares => [(10, 0.7), (10, 0.2), (8, 0.625), (12, 1.0 / 12)];

    private static Tensor Valleys(Tensor x)
    {
        var (a, b) = (x.select(1, 0), x.select(1, 1));
        return 100 * Squares(b - a * a) + Squares(1 - a);
    }

    private static Tensor Powell(Tensor x) => Squares((x[0] + 10 * x[1]).reshape(-1)) + 5 * Squares((x[2] - x[3]).reshape(-1))
        + Squares((x[1] - 2 * x[2]).square().reshape(-1)) + 10 * Squares((x[0] - x[3]).square().reshape(-1));

    // The angle in turns, from −1/4 to 3/4.
    private static Tensor Turns(Tensor x, Tensor y)
    {
        var angle = y.atan2(x) / (2 * Math.PI);
        return x.ToDouble() < 0 && y.ToDouble() < 0 ? angle + 1 : angle;
    }

    private static double Logit(double p) => Math.Log(p / (1 - p));

    private static Tensor LogisticLoss(Tensor w)
    {
        var scores = stack([w[0], w[0] + w[1], w[0] + w[2], w[0] + w[3]]);
        return -(Like(w, [7, 2, 5, 1]) * nn.functional.logsigmoid(scores) + Like(w, [3, 8, 3, 11]) * nn.functional.logsigmoid(-scores))
            .sum() / 40;
    }

    private static double[] Repeated(int times, params double[] numbers) => [.. Enumerable.Repeat(numbers, times).SelectMany(n => n)];
}
