using Microsoft.ML;

namespace MlNetPipeline;

internal sealed partial class Diabetes
{
    protected override IEnumerable<(string name, IEstimator<ITransformer> trainer)> Rivals()
    {
        var trainers = Context.Regression.Trainers;
        yield return ("Sdca", trainers.Sdca(nameof(Patient.Progression), nameof(Patient.Measures)));
        yield return ("LbfgsPoissonRegression", trainers.LbfgsPoissonRegression(nameof(Patient.Progression), nameof(Patient.Measures)));
    }
}
