using System.Runtime.InteropServices;
using TorchOptimExt.ML.Data;
using TorchOptimExt.ML.Scoring;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Training;

/// <summary>How much the examples of each class count in training; a row's weight is that of its class times its own.</summary>
/// <example>
/// <code>
/// var balanced = new TorchTrainerOptions { ClassWeights = ClassWeights.Balanced };
/// var given = new TorchTrainerOptions { ClassWeights = ClassWeights.Of(("spam", 1), ("ham", 5)) };
/// </code>
/// </example>
public sealed class ClassWeights
{
    private readonly (string label, double weight)[]? given;

    private ClassWeights((string label, double weight)[]? given) => this.given = given;

    /// <summary>
    /// Each class counts alike: rows of weight w in a class are weighted w · total / (classes · total of the class), so that the mean
    /// weight stays
    /// (as <c>class_weight="balanced"</c> in scikit-learn). Classes without a row are not counted.
    /// </summary>
    public static ClassWeights Balanced { get; } = new(null);

    /// <summary>Weights of the classes that are named; all others have weight 1.</summary>
    /// <param name="weights">
    /// The label as text and its weight, finite and ≥ 0. Labels are the keys' values, or numbers from 1 where keys have none; for two
    /// classes
    /// "true" and "false".
    /// </param>
    /// <returns>The weights.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="weights"/> or a label is null.</exception>
    /// <exception cref="ArgumentException">A label is named twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative, NaN or infinite.</exception>
    public static ClassWeights Of(params (string label, double weight)[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        foreach (var (label, weight) in weights)
        {
            ArgumentNullException.ThrowIfNull(label, nameof(weights));
            if (!double.IsFinite(weight) || weight < 0)
                throw new ArgumentOutOfRangeException(nameof(weights), weight,
                    FormattableString.Invariant($"The weight of class '{label}' is {weight}; it must be finite and at least 0."));
        }
        if (weights.Select(w => w.label).Distinct(StringComparer.Ordinal).Count() < weights.Length)
            throw new ArgumentException("A class is named twice.", nameof(weights));
        return new([.. weights]);
    }

    /// <summary>The factor of each class. Labels of shape [rows] count classes from 0.</summary>
    /// <exception cref="InvalidOperationException">A class is named that is not there.</exception>
    internal double[] Factors(TrainingRows rows, int classes, LabelKeys? keys)
    {
        if (given is null) return Balance(rows, classes);
        var factors = Enumerable.Repeat(1.0, classes).ToArray();
        foreach (var (label, weight) in given)
        {
            var at = keys is null ? int.TryParse(label, out var number) ? number - 1 : -1 : keys.Values.ToList().IndexOf(label);
            if (at < 0 || at >= classes)
                throw new InvalidOperationException($"ClassWeights names the class '{label}', which is not among the "
                    + $"labels{(keys is null ? $" 1 to {classes}" : ": " + string.Join(", ", keys.Values.Take(20)))}.");
            factors[at] = weight;
        }
        return factors;
    }

    private static double[] Balance(TrainingRows rows, int classes)
    {
        using var scope = NewDisposeScope();
        var totals = zeros(classes, ScalarType.Float64);
        var weights = (rows.Weights ?? ones_like(rows.Labels, ScalarType.Float32)).to_type(ScalarType.Float64).cpu();
        totals.index_add_(0, rows.Labels.to_type(ScalarType.Int64).cpu(), weights, 1);
        var sums = MemoryMarshal.Cast<byte, double>(totals.bytes).ToArray();
        var (all, present) = (sums.Sum(), sums.Count(s => s > 0));
        return [.. sums.Select(s => s > 0 ? all / (present * s) : 0)];
    }

    /// <summary>
    /// Rows whose weights are multiplied by the factors of their classes. The rows given are disposed or become part of the result.
    /// </summary>
    internal static TrainingRows Weigh(TrainingRows rows, double[] factors)
    {
        using var scope = NewDisposeScope();
        var weights = tensor(factors).to_type(ScalarType.Float32).index_select(0, rows.Labels.to_type(ScalarType.Int64));
        if (rows.Weights is { } own) weights = weights * own;
        rows.Weights?.Dispose();
        return rows with { Weights = weights.DetachFromDisposeScope() };
    }
}
