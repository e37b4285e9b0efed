namespace Microsoft.ML.Data;

/// <summary>Mappers one after the other.</summary>
internal sealed class CompositeRowToRowMapper(DataViewSchema input, IReadOnlyList<IRowToRowMapper> mappers) : IRowToRowMapper
{
    public DataViewSchema InputSchema => input;

    public DataViewSchema OutputSchema => mappers.Count > 0 ? mappers[^1].OutputSchema : input;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
        => mappers.Reverse().Aggregate(dependingColumns, (columns, mapper) => [.. mapper.GetDependencies(columns)]);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        var active = new IEnumerable<DataViewSchema.Column>[mappers.Count];
        for (var i = mappers.Count - 1; i >= 0; i--)
        {
            active[i] = [.. activeColumns];
            activeColumns = mappers[i].GetDependencies(active[i]);
        }
        for (var i = 0; i < mappers.Count; i++)
            input = mappers[i].GetRow(input, active[i]);
        return input;
    }
}
