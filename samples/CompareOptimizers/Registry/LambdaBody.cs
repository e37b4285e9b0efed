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

    [GeneratedRegex(@"\blr\b(?!:)")]
    private static partial Regex LearningRate();

    [GeneratedRegex(@"\bp\b")]
    private static partial Regex Parameters();

    [GeneratedRegex(@"=> .*?(\w+)\(")]
    private static partial Regex Call();
}
