using System.Diagnostics;
using Microsoft.ML;

namespace TorchOptimExt.Benchmarks.MlNet.Defaults;

/// <summary>
/// Trainers on tables in so many folds, which are the same for all trainers. Of few rows the folds are drawn three times: where one row is
/// half a percent, a draw tells more than a trainer.
/// </summary>
internal sealed class CrossValidation(int folds, int seed, bool normalize)
{
    private const int FewRows = 1000, DrawsOfFew = 3;

    internal Measured Measure(Table table, IReadOnlyList<Example> rows, string trainer)
    {
        var watch = Stopwatch.StartNew();
        var draws = Enumerable.Range(seed, rows.Count < FewRows ? DrawsOfFew : 1);
        return new(table, trainer, draws.Average(draw => Mean(table, rows, trainer, draw)), watch.Elapsed.TotalSeconds);
    }

    private double Mean(Table table, IReadOnlyList<Example> rows, string trainer, int draw)
    {
        var context = new MLContext(draw);
        var data = Example.View(context, rows, table.Kind);
        var estimator = Rivals.Make(context, table.Kind, trainer);
        if (normalize)
            estimator = context.Transforms.NormalizeMeanVariance("Features", fixZero: false).Append(estimator);
        return Metrics(context, table.Kind, data, estimator, draw).Average();
    }

    private IEnumerable<double> Metrics(MLContext context, PredictedKind kind, IDataView data, IEstimator<ITransformer> estimator,
        int draw) =>
        kind switch
        {
            PredictedKind.Number => context.Regression.CrossValidate(data, estimator, folds, seed: draw).Select(f => f.Metrics.RSquared),
            PredictedKind.Truth => context.BinaryClassification.CrossValidateNonCalibrated(data, estimator, folds, seed: draw)
                .Select(f => f.Metrics.Accuracy),
            _ => context.MulticlassClassification.CrossValidate(data, estimator, folds, seed: draw).Select(f => f.Metrics.MicroAccuracy),
        };
}
