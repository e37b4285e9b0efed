using System.Globalization;

namespace CompareOptimizers.Plots;

/// <summary>An axis: how values become places between 0 and 1, and where its ticks are.</summary>
internal sealed class Axis
{
    private const int TicksWanted = 6;
    private const double LeastLogRange = 2;

    private readonly bool log;
    private readonly Func<double, string> format;

    /// <summary>A linear axis over these values.</summary>
    public static Axis Linear(string title, IEnumerable<double> values, Func<double, string>? format = null) => new(title, values, log: false, format);

    /// <summary>A logarithmic axis over those of these values that are above zero.</summary>
    public static Axis Log(string title, IEnumerable<double> values, Func<double, string>? format = null) => new(title, values.Where(value => value > 0), log: true, format);

    private Axis(string title, IEnumerable<double> values, bool log, Func<double, string>? format)
    {
        (Title, this.log, this.format) = (title, log, format ?? Plain);
        double[] finite = [.. values.Where(double.IsFinite)];
        (Min, Max) = finite.Length == 0 ? (log ? 1 : 0, log ? 10 : 1) : (finite.Min(), finite.Max());
        Widen();
    }

    /// <summary>Leaves out what lies below: such points are not shown.</summary>
    public Axis From(double least)
    {
        if (least > Min && least < Max)
            Min = least;
        return this;
    }

    public string Title { get; }
    public double Min { get; private set; }
    public double Max { get; private set; }

    /// <summary>Where a value is: 0 at the minimum, 1 at the maximum.</summary>
    public double At(double value) => (Scale(value) - Scale(Min)) / (Scale(Max) - Scale(Min));

    /// <summary>Whether a value can be shown.</summary>
    public bool Has(double value) => double.IsFinite(value) && (!log || value > 0);

    public IEnumerable<(double value, string text)> Ticks() => (log ? LogTicks() : LinearTicks()).Select(value => (value, format(value)));

    private double Scale(double value) => log ? Math.Log10(value) : value;

    private void Widen()
    {
        if (log && Max < LeastLogRange * Min)
            (Min, Max) = (Min / LeastLogRange, Max * LeastLogRange);
        else if (!log && Max - Min <= 1e-12 * Math.Abs(Max))
            (Min, Max) = (Min - 0.5, Max + 0.5);
    }

    private IEnumerable<double> LinearTicks()
    {
        var step = RoundStep((Max - Min) / TicksWanted);
        for (var i = Math.Ceiling(Min / step - 1e-9); i * step <= Max + 1e-9 * step; i++)
            yield return i * step + 0.0; // no -0
    }

    /// <summary>The next larger of 1, 2, 2.5 and 5 times a power of ten.</summary>
    private static double RoundStep(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power * new[] { 1.0, 2, 2.5, 5, 10 }.First(factor => factor * power >= least * (1 - 1e-9));
    }

    private IEnumerable<double> LogTicks()
    {
        var (low, high) = ((int)Math.Floor(Math.Log10(Min)), (int)Math.Ceiling(Math.Log10(Max)));
        double[] factors = high - low <= 2 ? [1, 2, 5] : [1];
        var every = Math.Max(1, (high - low + TicksWanted) / (TicksWanted + 1));
        for (var decade = low; decade <= high; decade += every)
            foreach (var factor in factors)
                if (factor * Math.Pow(10, decade) is var value && value >= Min * (1 - 1e-9) && value <= Max * (1 + 1e-9))
                    yield return value;
    }

    private static string Plain(double value) =>
        value != 0 && (Math.Abs(value) < 1e-3 || Math.Abs(value) >= 1e6)
            ? value.ToString("0.#e-0", CultureInfo.InvariantCulture)
            : Math.Round(value, 6).ToString("#,0.######", CultureInfo.InvariantCulture);
}
