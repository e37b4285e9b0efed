using System.Globalization;

namespace TorchOptimExt.Base;

/// <summary>A number that an optimizer is given: its name and which values it may have.</summary>
/// <param name="Name">The name of the constructor's parameter.</param>
/// <param name="Allowed">Whether a value is in range. NaN never is: it is not asked for.</param>
/// <param name="Range">The range in words, for the error message.</param>
public sealed record Hyperparameter(string Name, Func<double, bool> Allowed, string Range)
{
    /// <summary>x ≥ 0 and finite.</summary>
    public static Hyperparameter NonNegative(string name) => new(name, static x => x >= 0 && double.IsFinite(x), "finite and not negative");

    /// <summary>x &gt; 0 and finite.</summary>
    public static Hyperparameter Positive(string name) => new(name, static x => x > 0 && double.IsFinite(x), "finite and greater than 0");

    /// <summary>0 &lt; x &lt; 1.</summary>
    public static Hyperparameter BetweenZeroAndOne(string name) => new(name, static x => x is > 0 and < 1, "between 0 and 1, both excluded");

    /// <summary>0 ≤ x &lt; 1.</summary>
    public static Hyperparameter FromZeroBelowOne(string name) => new(name, static x => x is >= 0 and < 1, "from 0 to below 1");

    /// <summary>0 ≤ x ≤ 1.</summary>
    public static Hyperparameter FromZeroToOne(string name) => new(name, static x => x is >= 0 and <= 1, "from 0 to 1");

    /// <summary>x &gt; 1 and finite.</summary>
    public static Hyperparameter AboveOne(string name) => new(name, static x => x > 1 && double.IsFinite(x), "finite and greater than 1");

    /// <summary>A whole number, at least <paramref name="least"/>.</summary>
    public static Hyperparameter Whole(string name, long least) => new(name, x => x >= least && x == Math.Floor(x) && double.IsFinite(x), $"a whole number, at least {least}");

    /// <summary>0 or 1, for what is off or on.</summary>
    public static Hyperparameter Switch(string name) => new(name, static x => x is 0 or 1, "false or true");

    /// <summary>One of the values of an enumeration.</summary>
    public static Hyperparameter OneOf<TEnum>(string name) where TEnum : struct, Enum => new(name,
        static x => x == Math.Floor(x) && Math.Abs(x) <= int.MaxValue && Enum.IsDefined((TEnum)Enum.ToObject(typeof(TEnum), (int)x)), $"one of {string.Join(", ", Enum.GetNames<TEnum>())}");

    /// <summary>Whether it may be left open: the optimizer then chooses.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Throws where <paramref name="value"/> is not in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With name, value and range.</exception>
    public void Check(double value)
    {
        if (double.IsNaN(value) || !Allowed(value))
            throw new ArgumentOutOfRangeException(Name, value, $"{Name} is {value.ToString("R", CultureInfo.InvariantCulture)}; it must be {Range}.");
    }
}
