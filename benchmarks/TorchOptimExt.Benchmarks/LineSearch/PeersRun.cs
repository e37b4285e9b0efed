using System.Globalization;
using TorchOptimExt.LineSearch;
using TorchOptimExt.Tests.TestFunctions;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.LineSearch;

/// <summary>
/// Counted evaluations on the test functions until max|g| ≤ max(1e-8, 1e-8 · the largest |g| seen) near a known minimum, or F within 1e-10
/// of it: ours beside those of scipy and PyTorch, which a Python script counts by the same criterion (<c>apt-get install python3-scipy
/// python3-torch</c>).
/// </summary>
internal static class PeersRun
{
    private const int Most = 5000;

    private static readonly (string name, Func<IEnumerable<Parameter>, LineSearchOptimizer> make)[] Ours =
    [
        ("WolfeLBFGS", p => optim.WolfeLBFGS(p, tolerance_grad: 0, tolerance_change: 0)),
        ("TrustRegionNewton", p => optim.TrustRegionNewton(p, tolerance_grad: 0, tolerance_change: 0)),
        ("ArmijoNewton", p => optim.ArmijoNewton(p, tolerance_grad: 0, tolerance_change: 0)),
        ("TrustRegionNewton, CG", p => optim.TrustRegionNewton(p, max_exact: 0, tolerance_grad: 0, tolerance_change: 0)),
        ("ArmijoNewton, CG", p => optim.ArmijoNewton(p, max_exact: 0, tolerance_grad: 0, tolerance_change: 0)),
        ("ArmijoGD, BB, history 10", p => optim.ArmijoGD(
            p, first_trial: FirstTrial.BarzilaiBorwein, history: 10, max_step: 1e10, tolerance_grad: 0, tolerance_change: 0)),
    ];

    public static void Write()
    {
        var counts = Ours.SelectMany(
            method => Functions.All.Select(function => (method.name, function.Name, Minimize(function, method.make)))).Concat(Theirs())
            .ToDictionary(c => (c.Item1, c.Item2), c => c.Item3);
        var methods = counts.Keys.Select(key => key.Item1).Distinct().ToArray();
        Console.WriteLine($"| closure calls | {string.Join(" | ", methods)} |");
        Console.WriteLine($"|---|{string.Concat(methods.Select(_ => "--:|"))}");
        foreach (var function in Functions.All)
            Console.WriteLine($"| {function.Name} | " +
                $"{string.Join(" | ", methods.Select(m => counts.GetValueOrDefault((m, function.Name))?.ToString() ?? "–"))} |");
        Console.WriteLine();
        Compare("WolfeLBFGS", "scipy L-BFGS-B", "PyTorch LBFGS");
        foreach (var ours in new[] { "TrustRegionNewton", "ArmijoNewton" }) Compare(ours, "scipy trust-exact");
        foreach (var ours in new[] { "TrustRegionNewton, CG", "ArmijoNewton, CG" }) Compare(ours, "scipy trust-ncg");

        void Compare(string own, params string[] theirs)
        {
            var ratios = new List<(double ratio, string name)>();
            foreach (var function in Functions.All)
            {
                var best = theirs.Select(m => counts.GetValueOrDefault((m, function.Name))).Min(c => c?.Calls);
                if (best is { } calls && counts[(own, function.Name)]?.Calls is { } mine) ratios.Add(((double)mine / calls, function.Name));
            }
            var solved = Functions.All.Count(f => counts[(own, f.Name)]?.Calls is not null);
            Console.Write(string.Create(CultureInfo.InvariantCulture, $"{own}: {solved} of {Functions.All.Count} solved, at most " +
                $"{Functions.All.Max(f => counts[(own, f.Name)]?.Calls)} calls"));
            ratios.Sort();
            Console.WriteLine(ratios.Count == 0 ? "." : string.Create(CultureInfo.InvariantCulture,
                $"; to the best of {string.Join(", ", theirs)}: median ratio {ratios[ratios.Count / 2].ratio:0.00}, worst " +
                    $"{ratios[^1].ratio:0.00} ({ratios[^1].name})."));
        }
    }

    private static Count Minimize(TestFunction function, Func<IEnumerable<Parameter>, LineSearchOptimizer> make)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At(function.Starts[0]);
        using var optimizer = make([x]);
        var (calls, products, hessians, gradients, largest, first) = (0, 0, 0, 0, 0.0, double.NaN);
        double[] minima = [function.Minimum, .. function.LocalMinima.Select(m => m.value)];
        try
        {
            optimizer.minimize(() =>
            {
                using var inner = NewDisposeScope();
                calls++;
                var (value, gradient) = function.Derivative(Values(x));
                var size = gradient.Max(Math.Abs);
                if (double.IsNaN(first)) first = value;
                if (double.IsFinite(size)) largest = Math.Max(largest, size);
                if (minima.Any(m => Reached(value, size, m))) throw new OperationCanceledException();
                if (calls >= Most) throw new TimeoutException();
                return function.Value(x).MoveToOuterDisposeScope();
            }, Most, new Each(step =>
                (gradients, products, hessians) = (gradients + step.Gradients, products + step.HessianProducts, hessians + step.Hessians)));
            return new(null, gradients, hessians, products);
        }
        catch (OperationCanceledException)
        {
            return new(calls, gradients, hessians, products);
        }
        catch (TimeoutException)
        {
            return new(null, gradients, hessians, products);
        }

        bool Reached(double value, double size, double minimum) =>
            (size <= Math.Max(1e-8, 1e-8 * largest) && Math.Abs(value - minimum) <= 1e-6 * (first - minimum))
                || Math.Abs(value - minimum) <= 1e-10 * minimum;
    }

    private static IEnumerable<(string, string, Count)> Theirs()
    {
        foreach (var cells in Python.Lines(Path.Combine(AppContext.BaseDirectory, "LineSearch", "peers.py")))
        {
            int? calls = cells[2] == "-" ? null : int.Parse(cells[2], CultureInfo.InvariantCulture);
            yield return (cells[0], cells[1], new(calls, calls ?? 0, int.Parse(cells[3], CultureInfo.InvariantCulture),
                int.Parse(cells[4], CultureInfo.InvariantCulture)));
        }
    }

    private static double[] Values(Parameter x)
    {
        using var copy = x.detach();
        return copy.data<double>().ToArray();
    }

    private sealed class Each(Action<LineSearchStep> action) : IProgress<LineSearchStep>
    {
        public void Report(LineSearchStep value) => action(value);
    }

    /// <summary>Closure calls, null where the criterion was not met; backward passes, Hessians and products of the Hessian until
    /// then.</summary>
    private sealed record Count(int? Calls, int Gradients, int Hessians, int Products)
    {
        public override string ToString() => Calls is null ? "–" : Hessians > 0 ? $"{Calls} / {Gradients} + {Hessians} H"
            : Products > 0 ? $"{Calls} / {Gradients} + {Products} Hv" : $"{Calls} / {Gradients}";
    }
}
