using System.CommandLine;
using System.Globalization;

namespace CompareOptimizers.Cli;

/// <summary>Learning rates from one to another.</summary>
internal sealed record RateRange(double From, double To)
{
    private const string Separator = "..";

    /// <summary>The option <c>--lr</c>: one learning rate, or two with dots between.</summary>
    public static Option<RateRange?> Option { get; } = new("--lr")
    {
        Description = "Learning rates to try, as in 1e-4..1e-1: each optimizer is trained with those between by half decades, then compared with its best; or one for all",
        CustomParser = argument =>
        {
            var given = argument.Tokens[0].Value;
            if (Parse(given) is { } range) return range;
            argument.AddError($"--lr is '{given}', but must be a number above 0, or two with {Separator} between, the smaller first, as in 1e-4..1e-1");
            return null;
        },
    };

    private static RateRange? Parse(string text)
    {
        var ends = text.Split(Separator);
        if (ends.Length > 2 || !Rate(ends[0], out var from) || !Rate(ends[^1], out var to) || from > to) return null;
        return new(from, to);
    }

    private static bool Rate(string text, out double rate) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out rate) && double.IsFinite(rate) && rate > 0;
}
