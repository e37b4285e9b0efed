using System.CommandLine;

namespace CompareOptimizers.Cli;

/// <summary>Options that are numbers with a range.</summary>
internal static class Numeric
{
    public static Option<int> Positive(string name, string description, int value, int most = 1_000_000) => Within(name, description, value, 1, most);

    public static Option<int> Within(string name, string description, int value, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValue(option) is var given && (given < least || given > most))
                result.AddError($"{name} is {given}, but must be from {least:N0} to {most:N0}");
        });
        return option;
    }
}
