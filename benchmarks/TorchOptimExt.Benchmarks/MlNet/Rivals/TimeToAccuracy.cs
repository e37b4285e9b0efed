using System.Diagnostics;
using Microsoft.ML;

namespace TorchOptimExt.Benchmarks.MlNet;

internal static partial class TimeToAccuracy
{
    static partial void MeasureRivals(MLContext context, IDataView train, IDataView test)
    {
        var trainers = context.MulticlassClassification.Trainers;
        Measure("SdcaMaximumEntropy", trainers.SdcaMaximumEntropy());
        Measure("LbfgsMaximumEntropy", trainers.LbfgsMaximumEntropy());

        void Measure(string name, IEstimator<ITransformer> trainer)
        {
            var watch = Stopwatch.StartNew();
            var model = trainer.Fit(train);
            Show(context, name, watch.Elapsed.TotalSeconds, model.Transform(test));
        }
    }
}
