namespace Microsoft.ML;

/// <summary>An output column and the input column that it is computed from, by default the one of the same name.</summary>
public sealed class InputOutputColumnPair
{
    public InputOutputColumnPair(string outputColumnName, string inputColumnName = null)
        => (OutputColumnName, InputColumnName) = (Check.NonEmpty(outputColumnName, nameof(outputColumnName)), inputColumnName ?? outputColumnName);

    public string OutputColumnName { get; }

    public string InputColumnName { get; }

    internal static InputOutputColumnPair[] CheckAll(InputOutputColumnPair[] columns)
    {
        Check.Argument(Check.NotNull(columns, nameof(columns)).Length > 0, nameof(columns), "At least one column is needed");
        return columns;
    }
}
