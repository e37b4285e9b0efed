using System.Globalization;

namespace CompareOptimizers.Report;

/// <summary>How numbers are written in tables.</summary>
internal static class Numbers
{
    public const string None = "–";

    public static string Loss(double? loss) => Format(loss, loss < 1e-3 ? "0.0e-0" : "0.0000");
    public static string Share(double? share) => Format(100 * share, "0.00", " %");
    public static string Milliseconds(double? milliseconds) => Format(milliseconds, milliseconds < 10 ? "0.000" : "0.0");
    public static string Seconds(double? seconds) => Format(seconds, "0.0", " s");
    public static string Ratio(double? ratio) => Format(ratio, "0.00", " ×");
    public static string Difference(double? difference) => difference == 0 ? "0" : Format(difference, "0.0e-0");

    /// <summary>How far above a minimum.</summary>
    public static string Gap(double gap) => gap == 0 ? "0" : Format(gap, gap < 0.01 ? "0.0e-0" : "0.00");

    /// <summary>One of those that are tried, half decades, rounded.</summary>
    public static string LearningRate(double lr) => lr.ToString("G2", CultureInfo.InvariantCulture);

    private static string Format(double? number, string format, string unit = "") =>
        number is not { } value || double.IsNaN(value) ? None : value.ToString(format, CultureInfo.InvariantCulture) + unit;
}
