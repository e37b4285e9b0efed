namespace TorchOptimExt.Benchmarks.MlNet.Defaults;

/// <summary>What is predicted, and so the task and its metric: R² of a number, accuracy of the others.</summary>
internal enum PredictedKind
{
    Number,
    Truth,
    Class,
}
