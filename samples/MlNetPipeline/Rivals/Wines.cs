using Microsoft.ML;

namespace MlNetPipeline;

internal sealed partial class Wines
{
    protected override IEnumerable<(string name, IEstimator<ITransformer> trainer)> Rivals()
    {
        var trainers = Context.MulticlassClassification.Trainers;
        yield return ("LbfgsMaximumEntropy", trainers.LbfgsMaximumEntropy("Label", nameof(Wine.Measures)));
        yield return ("SdcaMaximumEntropy", trainers.SdcaMaximumEntropy("Label", nameof(Wine.Measures)));
    }
}
