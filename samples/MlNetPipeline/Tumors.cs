using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt;
using TorchOptimExt.ML;
using static TorchSharp.torch;

namespace MlNetPipeline;

/// <summary>Wisconsin breast cancer: 30 measures of cells, benign or malignant. A small network, trained by Rprop on all rows at once until validation rows say stop.</summary>
internal sealed class Tumors(MLContext context) : TableTask<Tumors.Tumor, Tumors.Diagnosis>(context, "tumors", "breast_cancer.csv")
{
    protected override IEstimator<ITransformer> Ours() => Context.BinaryClassification.Trainers.Torch(new TorchTrainerOptions
    {
        LabelColumnName = nameof(Tumor.Benign),
        FeatureColumnName = nameof(Tumor.Measures),
        Mlp = new() { HiddenSizes = [32] },
        Optimizer = parameters => optim.fused.Rprop(parameters, 0.001),
        BatchSize = null,
        Epochs = 100,
        Seed = 1,
        ValidationFraction = 0.2,
        Patience = 20,
        Progress = new ShownProgress(10),
    });

    protected override IEnumerable<(string name, IEstimator<ITransformer> trainer)> Rivals()
    {
        var trainers = Context.BinaryClassification.Trainers;
        yield return ("LbfgsLogisticRegression", trainers.LbfgsLogisticRegression(nameof(Tumor.Benign), nameof(Tumor.Measures)));
        yield return ("SdcaLogisticRegression", trainers.SdcaLogisticRegression(nameof(Tumor.Benign), nameof(Tumor.Measures)));
    }

    protected override string Evaluate(IDataView scored)
    {
        var metrics = Context.BinaryClassification.EvaluateNonCalibrated(scored, nameof(Tumor.Benign));
        return $"accuracy {metrics.Accuracy:f3}, area under the ROC curve {metrics.AreaUnderRocCurve:f4}";
    }

    protected override string Describe(Tumor row, Diagnosis prediction) => $"{(row.Benign ? "benign" : "malignant")}, predicted {(prediction.PredictedLabel ? "benign" : "malignant")} ({prediction.Probability:p1} benign)";

    protected override IEstimator<ITransformer> Pipeline(IEstimator<ITransformer> trainer) => new EstimatorChain<ITransformer>().Append(Context.Transforms.NormalizeMeanVariance(nameof(Tumor.Measures), fixZero: false)).Append(trainer);

    internal sealed class Tumor
    {
        [LoadColumn(0, 29), VectorType(30)] public float[] Measures { get; set; } = [];
        [LoadColumn(30)] public bool Benign { get; set; }
    }

    internal sealed class Diagnosis
    {
        public bool PredictedLabel { get; set; }
        public float Probability { get; set; }
    }
}
