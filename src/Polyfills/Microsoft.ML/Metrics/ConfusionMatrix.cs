using System.Globalization;
using System.Text;

namespace Microsoft.ML.Data;

public sealed class ConfusionMatrix
{
    private readonly string[] _classNames;
    private readonly bool _isBinary;

    internal ConfusionMatrix(double[][] counts, string[] classNames, bool isBinary)
    {
        (_classNames, _isBinary) = (classNames, isBinary);
        Counts = Array.AsReadOnly<IReadOnlyList<double>>([.. counts.Select(Array.AsReadOnly)]);
        var classes = Enumerable.Range(0, counts.Length);
        PerClassRecall = [.. classes.Select(c => Share(counts[c][c], counts[c].Sum()))];
        PerClassPrecision = [.. classes.Select(c => Share(counts[c][c], counts.Sum(row => row[c])))];
    }

    public IReadOnlyList<double> PerClassPrecision { get; }

    public IReadOnlyList<double> PerClassRecall { get; }

    /// <summary>Counts by true class, then predicted class.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Counts { get; }

    public int NumberOfClasses => Counts.Count;

    public double GetCountForClassPair(int predictedClassIndicatorIndex, int actualClassIndicatorIndex)
    {
        const string Message = "Invalid index. Should be non-negative, less than the number of classes.";
        Check.Argument(predictedClassIndicatorIndex >= 0 && predictedClassIndicatorIndex < Counts.Count, nameof(predictedClassIndicatorIndex), Message);
        Check.Argument(actualClassIndicatorIndex >= 0 && actualClassIndicatorIndex < Counts.Count, nameof(actualClassIndicatorIndex), Message);
        return Counts[actualClassIndicatorIndex][predictedClassIndicatorIndex];
    }

    public string GetFormattedConfusionTable()
    {
        var cellWidth = NumberOfClasses == 2 ? 8 : 5;
        var longest = _classNames.Max(name => name.Length);
        var numbered = longest > cellWidth;
        var digits = (NumberOfClasses - 1).ToString(CultureInfo.InvariantCulture).Length;
        var labelWidth = Math.Max(9, numbered ? longest + digits + 2 : longest);
        var rule = string.Concat(Enumerable.Repeat(NumberOfClasses > 2 ? "========" : "===========", NumberOfClasses));
        string Head(string text) => text.PadRight(10) + new string(' ', labelWidth - 9) + "||";
        string RowLabel(int c) => (numbered ? $"{c.ToString(CultureInfo.InvariantCulture).PadLeft(digits)}. {_classNames[c].PadLeft(labelWidth - digits - 2)}" : _classNames[c].PadLeft(labelWidth)) + " ||";

        var table = new StringBuilder();
        if (_isBinary)
            table.Append(PositiveRatio());
        table.AppendLine().AppendLine("Confusion table").AppendLine(Head("") + rule);
        table.Append(Head("PREDICTED"));
        for (var c = 0; c < NumberOfClasses; c++)
            table.Append(CultureInfo.CurrentCulture, $" {(numbered ? $"{c}" : _classNames[c]).PadLeft(cellWidth)} |");
        table.AppendLine(" Recall").AppendLine(Head("TRUTH") + rule);
        for (var c = 0; c < NumberOfClasses; c++)
        {
            table.Append(RowLabel(c));
            foreach (var count in Counts[c])
                table.Append(CultureInfo.CurrentCulture, $" {count.ToString("N0", CultureInfo.CurrentCulture).PadLeft(cellWidth)} |");
            table.AppendLine(CultureInfo.CurrentCulture, $" {PerClassRecall[c],5:F4}");
        }
        table.AppendLine(Head("") + rule).Append(Head("Precision"));
        foreach (var precision in PerClassPrecision)
            table.Append(precision.ToString("N4", CultureInfo.CurrentCulture).PadLeft(cellWidth + 1)).Append(" |");
        return table.AppendLine().ToString();
    }

    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;

    private string PositiveRatio()
    {
        var (positives, negatives) = (Counts[0].Sum(), Counts[1].Sum());
        return string.Create(CultureInfo.CurrentCulture,
            $"TEST {_classNames[0].ToUpperInvariant()} RATIO:\t{positives / (positives + negatives):N4} ({positives:F1}/({positives:F1}+{negatives:F1}))");
    }
}
