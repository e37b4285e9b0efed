using Microsoft.ML.Transforms;

namespace TorchOptimExt.ML.Saving;

// The rows that the custom mappings of a saved model read and write, and the factories by whose contracts, which saved files name, ML.NET finds the mappings again.

/// <summary>Nothing is read.</summary>
internal sealed class NoInput;

/// <summary>The constant key of a saved model's text.</summary>
internal sealed class KeyOutput
{
    internal const string Value = "model";

    public string TorchModelKey { get; set; } = "";
}

/// <summary>A saved model's text and the features of a row.</summary>
internal sealed class ScoreInput
{
    public ReadOnlyMemory<char> TorchModelText { get; set; }

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

/// <summary>The columns of binary classification.</summary>
internal sealed class BinaryOutput
{
    public float Score { get; set; }

    public float Probability { get; set; }

    public bool PredictedLabel { get; set; }
}

/// <summary>The column of regression.</summary>
internal sealed class RegressionOutput
{
    public float Score { get; set; }
}

/// <summary>Gives each row the constant key.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class KeyFactory : CustomMappingFactory<NoInput, KeyOutput>
{
    internal const string Contract = "TorchOptimExt.ML.Key";

    public override Action<NoInput, KeyOutput> GetMapping() => SetKey;

    private static void SetKey(NoInput input, KeyOutput output) => output.TorchModelKey = KeyOutput.Value;
}

/// <summary>Scores a row of binary classification.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class BinaryFactory : CustomMappingFactory<ScoreInput, BinaryOutput>
{
    internal const string Contract = "TorchOptimExt.ML.Binary";

    public override Action<ScoreInput, BinaryOutput> GetMapping() => Score;

    private static void Score(ScoreInput input, BinaryOutput output)
    {
        output.Score = input.Scores()[0];
        output.Probability = TorchModel.Probability(output.Score);
        output.PredictedLabel = output.Score > 0;
    }
}

/// <summary>Scores a row of regression.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class RegressionFactory : CustomMappingFactory<ScoreInput, RegressionOutput>
{
    internal const string Contract = "TorchOptimExt.ML.Regression";

    public override Action<ScoreInput, RegressionOutput> GetMapping() => Score;

    private static void Score(ScoreInput input, RegressionOutput output) => output.Score = input.Scores()[0];
}
