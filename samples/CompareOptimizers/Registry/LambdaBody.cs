namespace CompareOptimizers.Registry;

/// <summary>The body of a lambda, from its source text.</summary>
internal static class LambdaBody
{
    private const string Arrow = "=> ";

    public static string Of(string code)
    {
        var arrow = code.IndexOf(Arrow, StringComparison.Ordinal);
        return arrow < 0 ? code : code[(arrow + Arrow.Length)..];
    }
}
