using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt;
using TorchOptimExt.ML;
using static TorchSharp.torch;

namespace MlNetPipeline;

/// <summary>Wines of three cultivars: 13 chemical measures. A small network, trained by fused Adam on batches.</summary>
internal sealed class Wines(MLContext context) : TableTask<Wines.Wine, Wines.Guess>(context, "wines", "wine_data.csv")
{
    protected override IEstimator<ITransformer> Ours() => Context.MulticlassClassification.Trainers.Torch(new TorchTrainerOptions
    {
        FeatureColumnName = nameof(Wine.Measures),
        Mlp = new() { HiddenSizes = [32] },
        Optimizer = parameters => optim.fused.Adam(parameters, 0.01),
        BatchSize = 16,
        Epochs = 30,
        Seed = 1,
        Progress = new ShownProgress(10),
    });

    protected override IEnumerable<(string name, IEstimator<ITransformer> trainer)> Rivals()
    {
        var trainers = Context.MulticlassClassification.Trainers;
        yield return ("LbfgsMaximumEntropy", trainers.LbfgsMaximumEntropy("Label", nameof(Wine.Measures)));
        yield return ("SdcaMaximumEntropy", trainers.SdcaMaximumEntropy("Label", nameof(Wine.Measures)));
    }

    protected override string Evaluate(IDataView scored)
    {
        var metrics = Context.MulticlassClassification.Evaluate(scored);
        return $"accuracy {metrics.MicroAccuracy:f3}, log-loss {metrics.LogLoss:f4}";
    }

    protected override string Describe(Wine row, Guess prediction) => $"cultivar {row.Cultivar}, predicted {prediction.Predicted} ({prediction.Score.Max():p1})";

    protected override IEstimator<ITransformer> Pipeline(IEstimator<ITransformer> trainer) => new EstimatorChain<ITransformer>()
        .Append(Context.Transforms.Conversion.MapValueToKey("Label", nameof(Wine.Cultivar)))
        .Append(Context.Transforms.NormalizeMeanVariance(nameof(Wine.Measures), fixZero: false))
        .Append(trainer)
        .Append<ITransformer>(Context.Transforms.Conversion.MapKeyToValue(nameof(Guess.Predicted), "PredictedLabel"));

    internal sealed class Wine
    {
        [LoadColumn(0, 12), VectorType(13)] public float[] Measures { get; set; } = [];
        [LoadColumn(13)] public string Cultivar { get; set; } = "";
    }

    internal sealed class Guess
    {
        public string Predicted { get; set; } = "";
        public float[] Score { get; set; } = [];
    }
}
