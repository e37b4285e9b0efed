using Microsoft.ML;

namespace TorchOptimExt.ML.Evaluation;

/// <summary>One fold of a cross-validation.</summary>
/// <typeparam name="TMetrics">The metrics of the task.</typeparam>
public sealed class CrossValidated<TMetrics>
{
    internal CrossValidated(int fold, ITransformer model, TMetrics metrics, IDataView scoredHoldOutSet) =>
        (Fold, Model, Metrics, ScoredHoldOutSet) = (fold, model, metrics, scoredHoldOutSet);

    /// <summary>The fold, from 0.</summary>
    public int Fold { get; }

    /// <summary>The model that was trained on the rows outside the fold.</summary>
    public ITransformer Model { get; }

    /// <summary>How well the model predicts the fold's rows.</summary>
    public TMetrics Metrics { get; }

    /// <summary>The fold's rows with their scores.</summary>
    public IDataView ScoredHoldOutSet { get; }

    /// <summary>Trains on all folds but one, for each.</summary>
    internal static IReadOnlyList<CrossValidated<TMetrics>> Run(MLContext context, IDataView data, IEstimator<ITransformer> estimator,
        int folds, string? samplingKey, int? seed, Func<IDataView, TMetrics> evaluate)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(estimator);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        return [.. context.Data.CrossValidationSplit(data, folds, samplingKey, seed).Select((split, fold) =>
        {
            var model = estimator.Fit(split.TrainSet);
            var scored = model.Transform(split.TestSet);
            return new CrossValidated<TMetrics>(fold, model, evaluate(scored), scored);
        })];
    }
}
