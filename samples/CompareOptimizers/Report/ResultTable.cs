using CompareOptimizers.Registry;
using CompareOptimizers.Training;

namespace CompareOptimizers.Report;

/// <summary>The comparison in numbers, a row for each optimizer: the same in the terminal, the report and the CSV file.</summary>
internal sealed record ResultTable(string[] Columns, string[][] Rows)
{
    /// <summary>Marks times that include the closure.</summary>
    private const string WholeStep = " *";

    /// <summary>What a reader must know about the columns.</summary>
    public const string Legend =
        "Final loss: mean over at most 10,000 of the examples trained with. Milliseconds: the median of what a step takes beside its closure, so without forward and backward pass. "
        + "* Decides itself how often it evaluates the loss: the whole step, the reference's too. Ratio: the reference's time by ours. Largest weight difference: after the last step.";

    public static ResultTable Of(IReadOnlyList<Duel> duels)
    {
        var score = duels.Count == 0 ? "score" : duels[0].Objective.ScoreName;
        return new(
            ["optimizer", "reference", "final loss", "reference's loss", $"test {score}", $"reference's {score}", "ms per optimizer step", "reference's ms", "ratio", "largest weight difference"],
            [.. duels.Select(Row)]);
    }

    private static string Score(Duel duel, Course? course) => course is null || double.IsNaN(course.TestScore) ? Numbers.None : duel.Objective.Format(course.TestScore);

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
            Score(duel, ours), Score(duel, theirs),
            Numbers.Milliseconds(ours.StepMilliseconds) + (duel.Contender.Closure == Closure.ReturnsLoss ? WholeStep : ""), Numbers.Milliseconds(theirs?.StepMilliseconds),
            Numbers.Ratio(theirs?.StepMilliseconds / ours.StepMilliseconds),
            Numbers.Difference(duel.FinalDifference),
        ];
    }
}
