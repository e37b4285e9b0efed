namespace TorchOptimExt.ML;

/// <summary>What a model predicts.</summary>
public enum TaskKind
{
    /// <summary>True or false.</summary>
    BinaryClassification,

    /// <summary>One of several classes.</summary>
    MulticlassClassification,

    /// <summary>A number.</summary>
    Regression,
}
