namespace TorchOptimExt.ML.Training;

/// <summary>What an epoch of training reached; see <see cref="TrainingOptions.Progress"/>.</summary>
/// <param name="Epoch">The number of the epoch, from 1.</param>
/// <param name="TrainLoss">The mean loss over the training rows, weighted where they have weights, each batch before its step.</param>
/// <param name="TrainMetric">The metric over the training rows, each batch before its step.</param>
/// <param name="ValidationLoss">The mean loss on the validation rows after the epoch, weighted where they have weights; null without
/// validation.</param>
/// <param name="ValidationMetric">The metric on the validation rows; null without validation.</param>
/// <param name="MetricName">"accuracy" (from 0 to 1) for classification, "accuracy of labels" for several, "RMSE" (in units of the label)
/// for regression.</param>
/// <param name="LearningRate">The learning rate of the first parameter group in this epoch.</param>
/// <param name="Seconds">The duration of the epoch in seconds, with validation.</param>
/// <param name="RowsPerSecond">Training rows visited in a second, without validation.</param>
public sealed record EpochReport(int Epoch, double TrainLoss, double TrainMetric, double? ValidationLoss, double? ValidationMetric,
    string MetricName,
    double LearningRate, double Seconds, double RowsPerSecond);
