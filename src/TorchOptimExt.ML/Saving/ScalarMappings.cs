using Microsoft.ML.Transforms;

namespace TorchOptimExt.ML.Saving;

// The rows that the custom mappings of a saved model read and write. Their types and contracts are named in saved files.

/// <summary>Nothing is read. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class NoInput;

/// <summary>The constant key of a saved model's text. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class KeyOutput
{
    internal const string Value = "model";

    /// <summary>The key.</summary>
    public string TorchModelKey { get; set; } = "";
}

/// <summary>A saved model's text and the features of a row. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class ScoreInput
{
    /// <summary>The model.</summary>
    public ReadOnlyMemory<char> TorchModelText { get; set; }

    /// <summary>The features.</summary>
    public float[] TorchModelFeatures { get; set; } = [];

    internal float[] Scores()
    {
        var model = LoadedModels.Of(TorchModelText);
        if (TorchModelFeatures.Length != model.Inputs) throw new InvalidOperationException($"A row has {TorchModelFeatures.Length} features; the model was trained on {model.Inputs}.");
        var scores = new float[model.Outputs];
        model.Score(TorchModelFeatures, 1, scores);
        return scores;
    }
}

/// <summary>The columns of binary classification. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class BinaryOutput
{
    /// <summary>The logit.</summary>
    public float Score { get; set; }

    /// <summary>The probability of true.</summary>
    public float Probability { get; set; }

    /// <summary>Whether true is likelier.</summary>
    public bool PredictedLabel { get; set; }
}

/// <summary>The column of regression. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class RegressionOutput
{
    /// <summary>The predicted value.</summary>
    public float Score { get; set; }
}

/// <summary>Gives each row the constant key. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class KeyFactory : CustomMappingFactory<NoInput, KeyOutput>
{
    internal const string Contract = "TorchOptimExt.ML.Key";

    /// <inheritdoc/>
    public override Action<NoInput, KeyOutput> GetMapping() => SetKey;

    private static void SetKey(NoInput input, KeyOutput output) => output.TorchModelKey = KeyOutput.Value;
}

/// <summary>Scores a row of binary classification. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class BinaryFactory : CustomMappingFactory<ScoreInput, BinaryOutput>
{
    internal const string Contract = "TorchOptimExt.ML.Binary";

    /// <inheritdoc/>
    public override Action<ScoreInput, BinaryOutput> GetMapping() => Score;

    private static void Score(ScoreInput input, BinaryOutput output)
    {
        output.Score = input.Scores()[0];
        output.Probability = TorchModel.Probability(output.Score);
        output.PredictedLabel = output.Score > 0;
    }
}

/// <summary>Scores a row of regression. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class RegressionFactory : CustomMappingFactory<ScoreInput, RegressionOutput>
{
    internal const string Contract = "TorchOptimExt.ML.Regression";

    /// <inheritdoc/>
    public override Action<ScoreInput, RegressionOutput> GetMapping() => Score;

    private static void Score(ScoreInput input, RegressionOutput output) => output.Score = input.Scores()[0];
}
