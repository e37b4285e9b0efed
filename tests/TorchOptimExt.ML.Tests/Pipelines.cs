using Microsoft.ML;
using Microsoft.ML.Data;
using MlTraining;

namespace TorchOptimExt.ML.Tests;

/// <summary>What many tests begin with.</summary>
internal static class Pipelines
{
    internal static readonly MLContext Context = new(seed: 1);

    internal static IDataView View(IEnumerable<Row> rows) => Context.Data.LoadFromEnumerable(rows);

    /// <summary>A view whose kinds are keys in the column Label.</summary>
    internal static IDataView Keyed(IEnumerable<Row> rows) => Keys(View(rows)).Transform(View(rows));

    internal static ITransformer Keys(IDataView data) => Context.Transforms.Conversion.MapValueToKey("Label", nameof(Row.Kind)).Fit(data);

    internal static TorchTrainerOptions Linear(string label, int epochs) =>
        new() { LabelColumnName = label, Mlp = new() { HiddenSizes = [] }, Epochs = epochs, BatchSize = null, Seed = 1 };

    internal static float[] Scores(this ITransformer model, IDataView data) => [.. model.Transform(data).GetColumn<float>("Score")];

    internal static float[][] ClassScores(this ITransformer model, IDataView data) => [.. model.Transform(data).GetColumn<float[]>("Score")];

    /// <summary>All weights of a model, one after the other.</summary>
    internal static float[] Weights(this TorchTransformer model) => [.. model.Model.Module.parameters().SelectMany(p => p.detach().cpu().flatten().data<float>().ToArray())];
}
