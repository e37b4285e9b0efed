using System.Globalization;
using System.Text.RegularExpressions;

namespace CompareOptimizers.Registry;

/// <summary>Reads the source text of lambdas <c>(p, lr) => optim.X(p, lr, ...)</c>.</summary>
internal static partial class LambdaBody
{
    /// <summary>What a user would write: the body with the learning rate's value and the parameters of a model.</summary>
    public static string Of(string code, double lr) =>
        "torch." + Parameters().Replace(LearningRate().Replace(code[(code.IndexOf("=> ", StringComparison.Ordinal) + 3)..], lr.ToString(CultureInfo.InvariantCulture)), "model.parameters()");

    /// <summary>The name of the method that the lambda calls.</summary>
    public static string Called(string code) => Call().Match(code).Groups[1].Value;

    /// <summary>The options that the call names, but the learning rate.</summary>
    public static IEnumerable<(string name, string value)> Options(string code) => Option().Matches(code).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    /// <summary>The same lambda with options given besides, or in place of those it has; the learning rate stays a parameter.</summary>
    public static string With(string code, IEnumerable<(string name, string value)> options)
    {
        foreach (var (name, value) in options.Where(option => option.name != "lr"))
            code = Options(code).Any(option => option.name == name)
                ? Option().Replace(code, match => match.Groups[1].Value == name ? $", {name}: {value}" : match.Value)
                : $"{code[..^1]}, {name}: {value})";
        return code;
    }

    [GeneratedRegex(@", (\w+): ([^,)]+)")]
    private static partial Regex Option();

    [GeneratedRegex(@"\blr\b(?!:)")]
    private static partial Regex LearningRate();

    [GeneratedRegex(@"\bp\b")]
    private static partial Regex Parameters();

    [GeneratedRegex(@"=> .*?(\w+)\(")]
    private static partial Regex Call();
}
