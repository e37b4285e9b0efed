using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt;
using TorchOptimExt.ML;
using static TorchSharp.torch;

namespace MlNetPipeline;

/// <summary>The progression of diabetes from ten measures: least squares, solved by Newton's method, which needs one step.</summary>
internal sealed class Diabetes(MLContext context) : TableTask<Diabetes.Patient, Diabetes.Forecast>(context, "diabetes", "diabetes.csv")
{
    protected override IEstimator<ITransformer> Ours() => Context.Regression.Trainers.Torch(new TorchTrainerOptions
    {
        LabelColumnName = nameof(Patient.Progression),
        FeatureColumnName = nameof(Patient.Measures),
        Mlp = new() { HiddenSizes = [] },
        Optimizer = parameters => optim.ArmijoNewton(parameters),
        BatchSize = null,
        Epochs = 3,
        Seed = 1,
        Progress = new ShownProgress(1),
    });

    protected override IEnumerable<(string name, IEstimator<ITransformer> trainer)> Rivals()
    {
        var trainers = Context.Regression.Trainers;
        yield return ("Sdca", trainers.Sdca(nameof(Patient.Progression), nameof(Patient.Measures)));
        yield return ("LbfgsPoissonRegression", trainers.LbfgsPoissonRegression(nameof(Patient.Progression), nameof(Patient.Measures)));
    }

    protected override string Evaluate(IDataView scored)
    {
        var metrics = Context.Regression.Evaluate(scored, nameof(Patient.Progression));
        return $"R² {metrics.RSquared:f3}, RMSE {metrics.RootMeanSquaredError:f2}";
    }

    protected override string Describe(Patient row, Forecast prediction) => $"{row.Progression}, predicted {prediction.Score:f0}";

    protected override IEstimator<ITransformer> Pipeline(IEstimator<ITransformer> trainer) => new EstimatorChain<ITransformer>().Append(Context.Transforms.NormalizeMeanVariance(nameof(Patient.Measures), fixZero: false)).Append(trainer);

    internal sealed class Patient
    {
        [LoadColumn(0, 9), VectorType(10)] public float[] Measures { get; set; } = [];
        [LoadColumn(10)] public float Progression { get; set; }
    }

    internal sealed class Forecast
    {
        public float Score { get; set; }
    }
}
