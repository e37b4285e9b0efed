using System.Globalization;
using TorchOptimExt.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Training;

/// <summary>Rows as a module is trained on them: weighted by their classes and standardized where the options say so.</summary>
internal sealed class PreparedRows(TrainingRows train, TrainingRows? validation) : IDisposable
{
    private const double FarApart = 100;

    internal TrainingRows Train { get; private set; } = train;
    internal TrainingRows? Validation { get; private set; } = validation;
    internal Scale? FeatureScale { get; private set; }
    internal Scale? LabelScale { get; private set; }

    /// <summary>Multiplies weights by the factors of the classes.</summary>
    internal void Weigh(double[] factors)
    {
        Train = ClassWeights.Weigh(Train, factors);
        if (Validation is not null) Validation = ClassWeights.Weigh(Validation, factors);
        if (!double.IsFinite(Train.TotalWeight()))
            throw new InvalidOperationException("ClassWeights times example weights are larger than float32 can hold: only their ratios "
                + "count, so divide all by the same number.");
        if (Train.TotalWeight() == 0)
            throw new InvalidOperationException("ClassWeights and example weights leave all training rows the weight 0.");
        if (Validation?.TotalWeight() == 0)
            throw new InvalidOperationException("ClassWeights and example weights leave all validation rows the weight 0, so that there is "
                + "no loss to go by: validate on rows of other classes, too.");
    }

    /// <summary>Standardizes features and labels by a scale each, where there is one.</summary>
    internal void Standardize(Scale? features, Scale? labels)
    {
        (FeatureScale, LabelScale) = (features, labels);
        foreach (var rows in new[] { Train, Validation })
        {
            if (rows is null) continue;
            if (features is not null) rows.Features.Standardize(features);
            labels?.Apply(rows.Labels);
        }
    }

    /// <summary>What is said where features are of far different scales; null where they are not. Judged by some of the rows.</summary>
    internal string? FarScales(string featureColumn)
    {
        using var scope = NewDisposeScope();
        var largest = Train.Features.Largest();
        var present = largest[largest.gt(0)];
        if (present.numel() == 0 || present.max().ToSingle() <= FarApart * present.min().ToSingle()) return null;
        var (high, low) = (largest.argmax().ToInt64(), largest.add(largest.eq(0).mul(float.MaxValue)).argmin().ToInt64());
        return string.Create(CultureInfo.InvariantCulture, $"The features in column '{featureColumn}' differ in scale by more than ")
            + string.Create(CultureInfo.InvariantCulture, $"{FarApart}: ")
            + string.Create(CultureInfo.InvariantCulture, $"slot {high} reaches {largest[high].ToSingle():g3}, ")
            + string.Create(CultureInfo.InvariantCulture, $"slot {low} only {largest[low].ToSingle():g3}.");
    }

    /// <summary>Moves all rows to a device.</summary>
    internal void To(Device device) => (Train, Validation) = (Train.OnTo(device), Validation?.OnTo(device));

    public void Dispose()
    {
        Train.Dispose();
        Validation?.Dispose();
    }
}
