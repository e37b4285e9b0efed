using Microsoft.ML;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML;

/// <summary>Changes from which score on a label is predicted as true, as ML.NET's <c>ChangeModelThreshold</c> does for its own
/// models.</summary>
public static class ThresholdCatalog
{
    /// <summary>Makes a model for two classes with another threshold.</summary>
    /// <param name="catalog">The catalog of the task.</param>
    /// <param name="model">The trained model; it stays as it is, and shares its module with the new one.</param>
    /// <param name="threshold">The score (the logit) above which PredictedLabel is true, any finite number: ln(p / (1 − p)) for a
    /// probability p.</param>
    /// <returns>The model with that threshold, which is saved with it.</returns>
    /// <exception cref="ArgumentNullException">The catalog or the model is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not finite.</exception>
    /// <exception cref="ArgumentException">The model is of another task.</exception>
    public static TorchTransformer ChangeModelThreshold(this BinaryClassificationCatalog catalog, TorchTransformer model, float threshold)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Change(model, threshold, TaskKind.BinaryClassification);
    }

    /// <summary>Makes a model for several labels with another threshold, the same for all of them.</summary>
    /// <inheritdoc cref="ChangeModelThreshold(BinaryClassificationCatalog, TorchTransformer, float)"/>
    public static TorchTransformer ChangeModelThreshold(this MultiLabelClassificationCatalog catalog, TorchTransformer model,
        float threshold)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Change(model, threshold, TaskKind.MultiLabelClassification);
    }

    private static TorchTransformer Change(TorchTransformer model, float threshold, TaskKind task)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!float.IsFinite(threshold)) throw new ArgumentOutOfRangeException(nameof(threshold), threshold,
            "The threshold is a score and must be a finite number; 0 is a probability of 0.5.");
        if (model.Model.Task != task)
            throw new ArgumentException($"The model is one for {model.Model.Task}, not for {task}.", nameof(model));
        return new(model.FeatureColumnName, model.Model.WithThreshold(threshold));
    }
}
