using System.CommandLine;
using System.Globalization;

namespace CompareOptimizers.Cli;

/// <summary>Options that are numbers with a range.</summary>
internal static class Numeric
{
    public static Option<int> Positive(string name, string description, int value, int most = 1_000_000) => Within(name, description, value, 1, most);

    public static Option<int> Within(string name, string description, int value, int least, int most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        CustomParser = argument =>
        {
            var given = argument.Tokens[0].Value;
            if (int.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                return number;
            argument.AddError($"{name} is '{given}', but must be a whole number from {least:N0} to {most:N0}");
            return value;
        },
    };
}
