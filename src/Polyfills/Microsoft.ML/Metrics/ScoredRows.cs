namespace Microsoft.ML.Data;

/// <summary>Reads the label and what else an evaluation needs from scored data.</summary>
internal static class ScoredRows
{
    public static DataViewSchema.Column Column(IDataView data, string role, string name)
        => Check.NotNull(data, nameof(data)).Schema.GetColumnOrNull(Check.NonEmpty(name, nameof(name)))
            ?? throw Check.OutOfRange("schema", $"{name} column '{role}' not found");

    public static void CheckType(DataViewSchema.Column column, string role, bool fits, string expected)
    {
        if (!fits)
            throw Check.SchemaMismatch(role, column.Name, expected, column.Type.ToString(), "schema");
    }

    /// <summary>A label as a number: booleans are 0 and 1, the first key is 0, a missing one is NaN.</summary>
    public static Func<float> Label(DataViewRow row, DataViewSchema.Column column)
    {
        switch (column.Type)
        {
            case BooleanDataViewType:
                var readBoolean = ClrValue.Reader<bool>(row, column);
                return () => readBoolean() ? 1 : 0;
            case KeyDataViewType key:
                return (Func<float>)Generic.Call(Key<int>, key.RawType, row, column);
            case var type when type == NumberDataViewType.Double:
                var readDouble = ClrValue.Reader<double>(row, column);
                return () => (float)readDouble();
            default:
                return ClrValue.Reader<float>(row, column);
        }
    }

    private static Func<float> Key<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var read = ClrValue.Reader<T>(row, column);
        return () => Convert.ToUInt64(read(), null) is > 0 and var key ? key - 1 : float.NaN;
    }
}
