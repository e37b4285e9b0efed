using MlTraining;

namespace TorchOptimExt.ML.Tests;

/// <summary>The normal equations in double, solved by Gaussian elimination: what linear regression must reach.</summary>
internal static class LeastSquares
{
    /// <summary>Coefficients of the features, then the constant.</summary>
    internal static double[] Solve(IReadOnlyList<Row> rows)
    {
        var n = rows[0].Features.Length + 1;
        var system = new double[n, n + 1];
        foreach (var row in rows)
        {
            double[] x = [.. row.Features, 1];
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++) system[i, j] += x[i] * x[j];
                system[i, n] += x[i] * row.Number;
            }
        }
        Eliminate(system, n);
        return [.. Enumerable.Range(0, n).Select(i => system[i, n] / system[i, i])];
    }

    internal static double MeanSquaredError(IReadOnlyList<Row> rows)
    {
        var solution = Solve(rows);
        return rows.Average(row => Math.Pow(row.Features.Zip(solution, (x, b) => x * b).Sum() + solution[^1] - row.Number, 2));
    }

    private static void Eliminate(double[,] system, int n)
    {
        for (var pivot = 0; pivot < n; pivot++)
            for (var i = 0; i < n; i++)
            {
                if (i == pivot) continue;
                var factor = system[i, pivot] / system[pivot, pivot];
                for (var j = 0; j <= n; j++) system[i, j] -= factor * system[pivot, j];
            }
    }
}
