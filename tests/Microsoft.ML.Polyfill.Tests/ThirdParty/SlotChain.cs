using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Polyfill.Tests.ThirdParty;

/// <summary>The model as built-in transformers: its text in a MapValue, its scoring in a CustomMapping.</summary>
public static class SlotChain
{
    public static TransformerChain<ITransformer> Create(MLContext context, SlotTransformer transformer)
    {
        var shape = SchemaDefinition.Create(typeof(FeatureRow));
        shape[0].ColumnName = transformer.FeatureColumnName;
        shape[0].ColumnType = transformer.FeatureColumnType;
        var empty = context.Data.LoadFromEnumerable(new List<FeatureRow>(), shape);
        var models = new Dictionary<string, string> { ["model"] = transformer.Model.ToText() };
        return context.Transforms.CustomMapping<NoColumns, ModelKey>(new KeyFactory().GetMapping(), KeyFactory.Contract)
            .Append(context.Transforms.Conversion.MapValue(nameof(ScoreInput.SlotModelText), models, nameof(ModelKey.SlotModelKey)))
            .Append(context.Transforms.CopyColumns(nameof(ScoreInput.SlotModelFeatures), transformer.FeatureColumnName))
            .Append(context.Transforms.CustomMapping<ScoreInput, ScoreOutput>(new ScoreFactory().GetMapping(), ScoreFactory.Contract))
            .Append<ITransformer>(context.Transforms.DropColumns(nameof(ModelKey.SlotModelKey), nameof(ScoreInput.SlotModelText), nameof(ScoreInput.SlotModelFeatures)))
            .Fit(empty);
    }

    private sealed class FeatureRow
    {
        public float[] Features { get; set; } = [];
    }
}

public sealed class NoColumns;

public sealed class ModelKey
{
    public string SlotModelKey { get; set; } = "";
}

public sealed class ScoreInput
{
    public string SlotModelText { get; set; } = "";

    public float[] SlotModelFeatures { get; set; } = [];
}

public sealed class ScoreOutput
{
    public float Score { get; set; }

    public float Probability { get; set; }

    public bool PredictedLabel { get; set; }
}

[CustomMappingFactoryAttribute(Contract)]
public sealed class KeyFactory : CustomMappingFactory<NoColumns, ModelKey>
{
    public const string Contract = "Tests.SlotModel.Key";

    public override Action<NoColumns, ModelKey> GetMapping() => SetKey;

    private static void SetKey(NoColumns input, ModelKey output) => output.SlotModelKey = "model";
}

[CustomMappingFactoryAttribute(Contract)]
public sealed class ScoreFactory : CustomMappingFactory<ScoreInput, ScoreOutput>
{
    public const string Contract = "Tests.SlotModel.Score";

    public override Action<ScoreInput, ScoreOutput> GetMapping() => Score;

    private static void Score(ScoreInput input, ScoreOutput output)
    {
        output.Score = SlotModel.Parse(input.SlotModelText).Score(input.SlotModelFeatures);
        output.Probability = SlotModel.Probability(output.Score);
        output.PredictedLabel = output.Score > 0;
    }
}
