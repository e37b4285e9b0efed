namespace TorchOptimExt.ML.Scoring;

/// <summary>What a model predicts.</summary>
public enum TaskKind
{
    /// <summary>True or false.</summary>
    BinaryClassification,

    /// <summary>One of several classes.</summary>
    MulticlassClassification,

    /// <summary>A number.</summary>
    Regression,

    /// <summary>Several numbers.</summary>
    MultiOutputRegression,

    /// <summary>Any of several labels.</summary>
    MultiLabelClassification,
}
