using System.Globalization;

namespace TorchOptimExt.Parameters;

/// <summary>The name of a hyperparameter and which values it may have: one row of <see cref="HyperparameterOptions.Table"/>.</summary>
/// <param name="Name">The name of the constructor's parameter, for the error message.</param>
/// <param name="Allowed">Whether a value is in range. It is not called with NaN, which never is.</param>
/// <param name="Range">The range in words, to follow "it must be" in the error message.</param>
public sealed record Hyperparameter(string Name, Func<double, bool> Allowed, string Range)
{
    /// <summary>Allows finite numbers ≥ 0.</summary>
    /// <param name="name">The name of the constructor's parameter, for the error message.</param>
    public static Hyperparameter NonNegative(string name) => new(name, static x => x >= 0 && double.IsFinite(x), "finite and not negative");

    /// <summary>Allows finite numbers &gt; 0.</summary>
    /// <param name="name">The name of the constructor's parameter, for the error message.</param>
    public static Hyperparameter Positive(string name) => new(name, static x => x > 0 && double.IsFinite(x), "finite and greater than 0");

    /// <summary>Allows numbers x with 0 &lt; x &lt; 1.</summary>
    /// <param name="name">The name of the constructor's parameter, for the error message.</param>
    public static Hyperparameter BetweenZeroAndOne(string name) => new(name, static x => x is > 0 and < 1, "between 0 and 1, both excluded");

    /// <summary>Allows numbers x with 0 ≤ x &lt; 1.</summary>
    /// <param name="name">The name of the constructor's parameter, for the error message.</param>
    public static Hyperparameter FromZeroBelowOne(string name) => new(name, static x => x is >= 0 and < 1, "from 0 to below 1");

    /// <summary>Allows numbers x with 0 ≤ x ≤ 1.</summary>
    /// <param name="name">The name of the constructor's parameter, for the error message.</param>
    public static Hyperparameter FromZeroToOne(string name) => new(name, static x => x is >= 0 and <= 1, "from 0 to 1");

    /// <summary>Allows finite numbers &gt; 1.</summary>
    /// <param name="name">The name of the constructor's parameter, for the error message.</param>
    public static Hyperparameter AboveOne(string name) => new(name, static x => x > 1 && double.IsFinite(x), "finite and greater than 1");

    /// <summary>Allows whole numbers from <paramref name="least"/> on.</summary>
    /// <param name="name">The name of the constructor's parameter, for the error message.</param>
    /// <param name="least">The smallest number that is allowed.</param>
    public static Hyperparameter Whole(string name, long least) => new(name, x => x >= least && x == Math.Floor(x) && double.IsFinite(x), $"a whole number, at least {least}");

    /// <summary>Allows 0 for false and 1 for true.</summary>
    /// <param name="name">The name of the constructor's parameter, for the error message.</param>
    public static Hyperparameter Switch(string name) => new(name, static x => x is 0 or 1, "false or true");

    /// <summary>Allows the values of an enumeration.</summary>
    /// <typeparam name="TEnum">The enumeration, whose values are of at most 32 bits.</typeparam>
    /// <param name="name">The name of the constructor's parameter, for the error message.</param>
    public static Hyperparameter OneOf<TEnum>(string name) where TEnum : struct, Enum => new(name,
        static x => x == Math.Floor(x) && Math.Abs(x) <= int.MaxValue && Enum.IsDefined((TEnum)Enum.ToObject(typeof(TEnum), (int)x)), $"one of {string.Join(", ", Enum.GetNames<TEnum>())}");

    /// <summary>Whether the optimizer, too, may be given null and then chooses the value itself; false unless set.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether schedules set it, unchecked, and may leave the range: what is loaded must be finite only, so that whatever was saved loads again; false unless set.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>The row by which what is loaded is checked.</summary>
    internal Hyperparameter Loadable() => IsScheduled ? this with { Allowed = double.IsFinite, Range = "finite" } : this;

    /// <summary>Throws where a value is not in range.</summary>
    /// <param name="value">The value to check.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or out of range; the message says name, value and range.</exception>
    public void Check(double value)
    {
        if (double.IsNaN(value) || !Allowed(value))
            throw new ArgumentOutOfRangeException(Name, value, $"{Name} is {value.ToString("R", CultureInfo.InvariantCulture)}; it must be {Range}.");
    }
}
