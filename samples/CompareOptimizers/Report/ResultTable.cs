using CompareOptimizers.Training;

namespace CompareOptimizers.Report;

/// <summary>The comparison in numbers, a row for each optimizer: the same in the terminal, the report and the CSV file.</summary>
internal sealed record ResultTable(string[] Columns, string[][] Rows)
{
    public static ResultTable Of(IEnumerable<Duel> duels) => new(
        ["optimizer", "reference", "final loss", "reference's", "test accuracy", "reference's", "ms per optimizer step", "reference's", "ratio", "largest weight difference"],
        [.. duels.Select(Row)]);

    public string ToCsv() => string.Concat(new[] { Columns }.Concat(Rows).Select(row => string.Join(',', row.Select(Quote)) + '\n'));

    private static string Quote(string cell) => cell.AsSpan().ContainsAny(",\"\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;

    private static string[] Row(Duel duel)
    {
        var (ours, theirs) = (duel.Ours, duel.Reference);
        return
        [
            duel.Contender.Name + (duel.EndedEarly is null ? "" : $" ({duel.EndedEarly})"),
            duel.Contender.Reference is { } reference ? reference.Name + (reference.SameAlgorithm ? "" : " (closest)") : Numbers.None,
            Numbers.Loss(ours.FinalLoss), Numbers.Loss(theirs?.FinalLoss),
            Numbers.Share(ours.TestAccuracy), Numbers.Share(theirs?.TestAccuracy),
            Numbers.Milliseconds(ours.OptimizerMilliseconds), Numbers.Milliseconds(theirs?.OptimizerMilliseconds),
            Numbers.Ratio(theirs?.OptimizerMilliseconds / ours.OptimizerMilliseconds),
            Numbers.Difference(duel.FinalDifference),
        ];
    }
}
