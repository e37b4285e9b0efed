using Microsoft.ML;

namespace MlNetPipeline;

internal sealed partial class Tumors
{
    protected override IEnumerable<(string name, IEstimator<ITransformer> trainer)> Rivals()
    {
        var trainers = Context.BinaryClassification.Trainers;
        yield return ("LbfgsLogisticRegression", trainers.LbfgsLogisticRegression(nameof(Tumor.Benign), nameof(Tumor.Measures)));
        yield return ("SdcaLogisticRegression", trainers.SdcaLogisticRegression(nameof(Tumor.Benign), nameof(Tumor.Measures)));
    }
}
