namespace Microsoft.ML;

/// <summary>Argument and state checks that throw what ML.NET throws.</summary>
internal static class Check
{
    public static T NotNull<T>(T value, string name)
        where T : class
        => value ?? throw new ArgumentNullException(name);

    public static string NonEmpty(string value, string name)
        => !string.IsNullOrEmpty(value) ? value : throw OutOfRange(name, $"{name} cannot be null or empty");

    public static void Argument(bool condition, string name, string message)
    {
        if (!condition)
            throw OutOfRange(name, message);
    }

    public static void State(bool condition, string message)
    {
        if (!condition)
            throw new InvalidOperationException(message);
    }

    public static ArgumentOutOfRangeException OutOfRange(string name, string message) => new(name, message);

    public static ArgumentOutOfRangeException MissingColumn(string role, string column, string name = "inputSchema")
        => new(name, $"Could not find {role} column '{column}'");

    public static ArgumentOutOfRangeException SchemaMismatch(string role, string column, string expected, string actual, string name = "inputSchema")
        => new(name, $"Schema mismatch for {role} column '{column}': expected {expected}, got {actual}");

    /// <summary>Finds a column or says which role has none.</summary>
    public static DataViewSchema.Column Column(DataViewSchema schema, string role, string column, string name = "inputSchema")
        => schema.GetColumnOrNull(column) ?? throw MissingColumn(role, column, name);
}
