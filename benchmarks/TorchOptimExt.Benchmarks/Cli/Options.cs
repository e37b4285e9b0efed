using System.CommandLine;
using System.Globalization;

namespace TorchOptimExt.Benchmarks.Cli;

/// <summary>Options that check what they are given.</summary>
internal static class Options
{
    /// <summary>Some of these names, with commas or spaces between, in any case.</summary>
    public static Option<string[]> Some(string name, string description, params string[] all) => new(name)
    {
        Description = $"{description}: some of {string.Join(", ", all)} (default: all)",
        HelpName = "names",
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result =>
        {
            var given = result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToArray();
            if (given.FirstOrDefault(word => !all.Contains(word, StringComparer.OrdinalIgnoreCase)) is { } stranger)
                result.AddError($"{name} has '{stranger}', but takes {string.Join(", ", all)}.");
            return given;
        },
    };

    /// <summary>Whether a name was given to such an option, or none was.</summary>
    public static bool Has(this ParseResult arguments, Option<string[]> some, string name) =>
        arguments.GetValue(some) is not [_, ..] given || given.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>A time in seconds, above 0.</summary>
    public static Option<double> Seconds(string description, double seconds) => new("--seconds")
    {
        Description = description,
        DefaultValueFactory = _ => seconds,
        CustomParser = result => Positive(result, double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : 0, "a number of seconds above 0"),
    };

    /// <summary>A whole number, at least 1.</summary>
    public static Option<int> Count(string name, string description, int count) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => count,
        CustomParser = result => Positive(result, int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var number) ? number : 0, "a whole number from 1"),
    };

    private static T Positive<T>(System.CommandLine.Parsing.ArgumentResult result, T number, string allowed) where T : IComparable<T>
    {
        if (number.CompareTo(default) <= 0) result.AddError($"'{result.Tokens[0].Value}' must be {allowed}.");
        return number;
    }
}
