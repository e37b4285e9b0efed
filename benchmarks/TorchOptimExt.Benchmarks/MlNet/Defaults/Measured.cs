namespace TorchOptimExt.Benchmarks.MlNet.Defaults;

/// <summary>What a trainer reached on a table: the mean of R² or accuracy over the folds, and the seconds of all trainings.</summary>
internal sealed record Measured(Table Table, string Trainer, double Metric, double Seconds);
