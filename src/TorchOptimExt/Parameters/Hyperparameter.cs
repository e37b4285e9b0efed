using System.Globalization;

namespace TorchOptimExt.Parameters;

/// <summary>The name of a hyperparameter and which values it may have.</summary>
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

    /// <summary>Allows whole numbers from <paramref name="least"/> on.</summary>
    /// <param name="name">The name of the constructor's parameter, for the error message.</param>
    /// <param name="least">The smallest number that is allowed.</param>
    public static Hyperparameter Whole(string name, long least) =>
        new(name, x => x >= least && x == Math.Floor(x) && double.IsFinite(x), $"a whole number, at least {least}");

    /// <summary>Throws where a value is not in range.</summary>
    /// <param name="value">The value to check.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or out of range; the message says name, value and range.</exception>
    public void Check(double value)
    {
        if (!Contains(value)) throw Error(value);
    }

    internal bool Contains(double value) => !double.IsNaN(value) && Allowed(value);

    internal ArgumentOutOfRangeException Error(object value) => new(Name, value, Message(value));

    internal string Message(object value) => $"{Name} is {Convert.ToString(value, CultureInfo.InvariantCulture)}; it must be {Range}.";
}
