using Microsoft.ML;

namespace TorchOptimExt.ML;

/// <summary>Adds to <c>MLContext</c> the tasks of several outputs, which ML.NET lacks.</summary>
public static class MultiOutputCatalogs
{
    /// <summary>Regression with several outputs: the label is a vector of Single of known size, and so is Score.</summary>
    /// <param name="context">The context, whose seed and log trainers follow.</param>
    /// <returns>Its trainers, evaluation and cross-validation.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    /// <example>
    /// <code>
    /// var regression = mlContext.MultiOutputRegression();
    /// var fitted = regression.Trainers.Torch("Targets", seed: 1).Fit(trainSet);
    /// Console.WriteLine(regression.Evaluate(fitted.Transform(testSet), "Targets").RSquared);
    /// </code>
    /// </example>
    public static MultiOutputRegressionCatalog MultiOutputRegression(this MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(context);
    }

    /// <summary>
    /// Classification by several labels, any of which may be true: the label is a vector of known size, of Boolean or of Single (0, 1 or
    /// NaN), and so are Score (logits), Probability and PredictedLabel.
    /// </summary>
    /// <param name="context">The context, whose seed and log trainers follow.</param>
    /// <returns>Its trainers, evaluation and cross-validation.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    /// <example>
    /// <code>
    /// var labels = mlContext.MultiLabelClassification();
    /// var fitted = labels.Trainers.Torch("Tags", seed: 1).Fit(trainSet);
    /// Console.WriteLine(labels.Evaluate(fitted.Transform(testSet), "Tags").MacroF1Score);
    /// </code>
    /// </example>
    public static MultiLabelClassificationCatalog MultiLabelClassification(this MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(context);
    }
}
