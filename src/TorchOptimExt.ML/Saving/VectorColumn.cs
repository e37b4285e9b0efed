using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML.Saving;

/// <summary>
/// How a saved model gives vectors. A custom mapping's vector has a size only where an attribute gives it, at compile time; an
/// expression's has that of the
/// vector that it is computed over. So the scores come as text, and an expression over the numbers of the slots, which carry the slots'
/// names, reads them.
/// </summary>
internal static class VectorColumn
{
    internal const string Slots = "TorchModelSlots";

    /// <summary>The step that makes the column of the slots' numbers.</summary>
    internal static IEstimator<ITransformer> SlotNumbers(MLContext context, TorchModel model)
    {
        var schema = SchemaDefinition.Create(typeof(SlotRow));
        var column = schema[nameof(SlotRow.Numbers)];
        column.ColumnType = new VectorDataViewType(NumberDataViewType.Int32, (int)model.Outputs);
        if (model.Keys is { } keys)
        {
            VBuffer<ReadOnlyMemory<char>> names = new(keys.Values.Count, [.. keys.Values.Select(v => v.AsMemory())]);
            column.AddAnnotation("SlotNames", names, new VectorDataViewType(TextDataViewType.Instance, keys.Values.Count));
        }
        var rows = context.Data.LoadFromEnumerable([new SlotRow { Key = KeyOutput.Value, Numbers = [.. Enumerable.Range(0,
            (int)model.Outputs)] }], schema);
        return context.Transforms.Conversion.MapValue(Slots, rows, rows.Schema[nameof(SlotRow.Key)], rows.Schema[nameof(SlotRow.Numbers)],
            nameof(KeyOutput.TorchModelKey));
    }

    /// <summary>The step that makes a vector of a function of each score.</summary>
    /// <param name="context">Where the step is made.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="function">Of the score, in ML.NET's expression language, with {0} for the score.</param>
    internal static IEstimator<ITransformer> Of(MLContext context, string name, string function)
    {
        var score = $"single(mid(scores, slot * {ScoresOutput.Width}, slot * {ScoresOutput.Width} + {ScoresOutput.Width}))";
        return context.Transforms.Expression(name, "(slot, scores) => " + function.Replace("{0}", score, StringComparison.Ordinal), Slots,
            nameof(ScoresOutput.TorchModelScores));
    }

    /// <summary>
    /// A number in ML.NET's expression language. It reads numbers as the culture at hand writes them, and texts alike in all of them.
    /// </summary>
    internal static string Number(float value) => FormattableString.Invariant($"single(\"{value:G9}\")");

    private sealed class SlotRow
    {
        public string Key { get; set; } = "";
        public int[] Numbers { get; set; } = [];
    }
}
