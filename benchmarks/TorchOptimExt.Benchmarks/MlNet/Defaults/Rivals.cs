using Microsoft.ML;
using TorchOptimExt.ML;

namespace TorchOptimExt.Benchmarks.MlNet.Defaults;

/// <summary>Ours and ML.NET's own trainers, each with its defaults, for each kind of task.</summary>
internal static class Rivals
{
    internal const string Ours = "Torch";

    internal static IReadOnlyList<string> Names { get; } = [Ours, "Sdca", "Lbfgs", "Gam", "FastTree", "LightGbm"];

    /// <summary>A trainer by its name.</summary>
    internal static IEstimator<ITransformer> Make(MLContext context, PredictedKind kind, string name) => kind switch
    {
        PredictedKind.Number => Regression(context.Regression.Trainers, name),
        PredictedKind.Truth => Binary(context.BinaryClassification.Trainers, name),
        _ => Multiclass(context, name),
    };

    private static IEstimator<ITransformer> Regression(RegressionCatalog.RegressionTrainers trainers, string name) => name switch
    {
        Ours => trainers.Torch(),
        "Sdca" => trainers.Sdca(),
        "Lbfgs" => trainers.LbfgsPoissonRegression(),
        "Gam" => trainers.Gam(),
        "FastTree" => trainers.FastTree(),
        _ => trainers.LightGbm(),
    };

    private static IEstimator<ITransformer> Binary(BinaryClassificationCatalog.BinaryClassificationTrainers trainers, string name) =>
        name switch
        {
            Ours => trainers.Torch(),
            "Sdca" => trainers.SdcaLogisticRegression(),
            "Lbfgs" => trainers.LbfgsLogisticRegression(),
            "Gam" => trainers.Gam(),
            "FastTree" => trainers.FastTree(),
            _ => trainers.LightGbm(),
        };

    /// <summary>Whether a trainer can be waited for: one of each class against the others takes hours on many features.</summary>
    internal static bool Practical(Table table, IReadOnlyList<Example> rows, string name) =>
        table.Kind != PredictedKind.Class || name is not ("Gam" or "FastTree") || rows[0].Features.Length <= 100;

    // Gam and FastTree know two classes only: one of each against the others.
    private static IEstimator<ITransformer> Multiclass(MLContext context, string name)
    {
        var (trainers, binary) = (context.MulticlassClassification.Trainers, context.BinaryClassification.Trainers);
        return name switch
        {
            Ours => trainers.Torch(),
            "Sdca" => trainers.SdcaMaximumEntropy(),
            "Lbfgs" => trainers.LbfgsMaximumEntropy(),
            "Gam" => trainers.OneVersusAll(binary.Gam()),
            "FastTree" => trainers.OneVersusAll(binary.FastTree()),
            _ => trainers.LightGbm(),
        };
    }
}
