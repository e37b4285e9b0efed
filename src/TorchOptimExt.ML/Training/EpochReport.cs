namespace TorchOptimExt.ML;

/// <summary>What an epoch of training reached.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="TrainLoss">Mean loss over the rows as they were visited.</param>
/// <param name="TrainMetric">The metric over the same rows.</param>
/// <param name="ValidationLoss">Mean loss on the validation rows; null without validation.</param>
/// <param name="ValidationMetric">The metric on the validation rows.</param>
/// <param name="MetricName">"accuracy" for classification, "RMSE" for regression.</param>
/// <param name="LearningRate">That of the first parameter group in this epoch.</param>
/// <param name="Seconds">How long it took, validation included.</param>
/// <param name="RowsPerSecond">Training rows visited in a second.</param>
public sealed record EpochReport(int Epoch, double TrainLoss, double TrainMetric, double? ValidationLoss, double? ValidationMetric, string MetricName, double LearningRate, double Seconds, double RowsPerSecond);
