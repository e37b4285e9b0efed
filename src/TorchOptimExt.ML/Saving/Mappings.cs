using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML.Saving;

// The rows that the custom mappings of a saved model read and write, and the factories by whose contracts, which saved files name, ML.NET
// finds
// the mappings again.

/// <summary>Nothing is read.</summary>
internal sealed class NoInput;

/// <summary>The constant key of a saved model's parts.</summary>
internal sealed class KeyOutput
{
    internal const string Value = "model";

    public string TorchModelKey { get; set; } = "";
}

/// <summary>A saved model's text.</summary>
internal sealed class TextInput
{
    public ReadOnlyMemory<char> TorchModelText { get; set; }
}

/// <summary>The key of a saved model's weights, or of nothing where they are not needed.</summary>
internal sealed class WeightsKeyOutput
{
    public string TorchModelWeightsKey { get; set; } = "";
}

/// <summary>Nothing of use: a mapping writes a column.</summary>
internal sealed class ApartOutput
{
    public bool TorchModelApart { get; set; }
}

/// <summary>A saved model's text, its weights where they are needed, and the features of a row.</summary>
internal sealed class ScoreInput
{
    public ReadOnlyMemory<char> TorchModelText { get; set; }

    public VBuffer<byte> TorchModelWeights { get; set; }

    public float[] TorchModelFeatures { get; set; } = [];

    internal (TorchModel model, float[] scores) Scores()
    {
        var model = LoadedModels.Of(TorchModelText, TorchModelWeights);
        if (TorchModelFeatures.Length != model.Inputs)
            throw new InvalidOperationException($"A row has {TorchModelFeatures.Length} features; the model was trained on "
                + $"{model.Inputs}.");
        var scores = new float[model.Outputs];
        model.Score(TorchModelFeatures, 1, scores);
        return (model, scores);
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

/// <summary>
/// The scores of a row as text, each <see cref="Width"/> characters, and the key of the largest; <see cref="VectorColumn"/> makes vectors
/// of the text.
/// </summary>
internal sealed class ScoresOutput
{
    internal const int Width = 16;

    public string TorchModelScores { get; set; } = "";

    public int TorchModelLargest { get; set; }
}

/// <summary>Gives each row the constant key.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class KeyFactory : CustomMappingFactory<NoInput, KeyOutput>
{
    internal const string Contract = "TorchOptimExt.ML.Key";

    public override Action<NoInput, KeyOutput> GetMapping() => static (_, output) => output.TorchModelKey = KeyOutput.Value;
}

/// <summary>Asks for the weights until the model is made: they are large, and a row that carries them copies them.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class WeightsKeyFactory : CustomMappingFactory<TextInput, WeightsKeyOutput>
{
    internal const string Contract = "TorchOptimExt.ML.WeightsKey";

    public override Action<TextInput, WeightsKeyOutput> GetMapping() =>
        static (input, output) => output.TorchModelWeightsKey = LoadedModels.Knows(input.TorchModelText) ? "" : KeyOutput.Value;
}

/// <summary>Stands in a file for a model whose weights are kept apart, and lets no other than LoadTorch load it.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class ApartFactory : CustomMappingFactory<TextInput, ApartOutput>
{
    internal const string Contract = "TorchOptimExt.ML.WeightsApart";

    public override Action<TextInput, ApartOutput> GetMapping() =>
        WeightsApart.Current is null ? throw Missing() : static (_, _) => throw Missing();

    internal static InvalidOperationException Missing() => new("The file was written by mlContext.Model.SaveTorch, which keeps the weights "
        + "of torch models apart from the pipeline: load it with mlContext.Model.LoadTorch.");
}

/// <summary>Scores a row of binary classification.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class BinaryFactory : CustomMappingFactory<ScoreInput, BinaryOutput>
{
    internal const string Contract = "TorchOptimExt.ML.Binary";

    public override Action<ScoreInput, BinaryOutput> GetMapping() => Score;

    private static void Score(ScoreInput input, BinaryOutput output)
    {
        var (model, scores) = input.Scores();
        output.Score = scores[0];
        output.Probability = TorchModel.Probability(output.Score);
        output.PredictedLabel = output.Score > model.Threshold;
    }
}

/// <summary>Scores a row of regression.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class RegressionFactory : CustomMappingFactory<ScoreInput, RegressionOutput>
{
    internal const string Contract = "TorchOptimExt.ML.Regression";

    public override Action<ScoreInput, RegressionOutput> GetMapping() => static (input, output) => output.Score = input.Scores().scores[0];
}

/// <summary>Scores a row of a task with several outputs.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class ScoresFactory : CustomMappingFactory<ScoreInput, ScoresOutput>
{
    internal const string Contract = "TorchOptimExt.ML.Scores";

    public override Action<ScoreInput, ScoresOutput> GetMapping() => Score;

    private static void Score(ScoreInput input, ScoresOutput output)
    {
        var (_, scores) = input.Scores();
        output.TorchModelScores = string.Create(scores.Length * ScoresOutput.Width, scores, static (text, scores) =>
        {
            text.Fill(' ');
            for (var k = 0; k < scores.Length; k++) scores[k].TryFormat(text[(k * ScoresOutput.Width)..], out _, "G9",
                CultureInfo.InvariantCulture);
        });
        output.TorchModelLargest = (int)TorchModel.LargestKey(scores);
    }
}
