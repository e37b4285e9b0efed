using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.Benchmarks.MlNet.Defaults;

/// <summary>A row of a table, and what is to be predicted from it: a number, a truth as 0 or 1, or a class.</summary>
internal sealed class Example
{
    public float[] Features { get; set; } = [];

    public float Number { get; set; }

    /// <summary>The rows with the column Label as a task's trainers take it.</summary>
    internal static IDataView View(MLContext context, IReadOnlyList<Example> rows, PredictedKind kind)
    {
        var schema = SchemaDefinition.Create(typeof(Example));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Features.Length);
        var data = context.Data.LoadFromEnumerable(rows, schema);
        IEstimator<ITransformer> label = kind switch
        {
            PredictedKind.Number => context.Transforms.CopyColumns("Label", nameof(Number)),
            PredictedKind.Truth => context.Transforms.Conversion.ConvertType("Label", nameof(Number), DataKind.Boolean),
            _ => context.Transforms.Conversion.MapValueToKey("Label", nameof(Number)),
        };
        return context.Data.Cache(label.Fit(data).Transform(data));
    }
}
