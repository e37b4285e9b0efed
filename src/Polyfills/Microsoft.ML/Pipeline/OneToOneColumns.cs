namespace Microsoft.ML.Data;

/// <summary>Columns each of which is computed from one input column.</summary>
internal abstract class OneToOneColumns : IAddedColumns
{
    private readonly DataViewSchema.Column[] _inputs;
    private readonly InputOutputColumnPair[] _pairs;
    private DataViewSchema.DetachedColumn[] _columns;

    protected OneToOneColumns(DataViewSchema input, InputOutputColumnPair[] pairs)
    {
        _pairs = pairs;
        _inputs = [.. pairs.Select(pair => Check.Column(input, "input", pair.InputColumnName))];
    }

    public IReadOnlyList<DataViewSchema.DetachedColumn> Columns
        => _columns ??= [.. _inputs.Select((column, i) => Describe(i, column, _pairs[i].OutputColumnName))];

    public IEnumerable<int> DependenciesOf(int added) => [_inputs[added].Index];

    public Delegate[] CreateGetters(DataViewRow input, bool[] active)
        => [.. _inputs.Select((column, i) => active[i] ? CreateGetter(i, input, column) : null)];

    /// <summary>Checks the input column and says what is computed from it.</summary>
    protected abstract DataViewSchema.DetachedColumn Describe(int index, DataViewSchema.Column input, string outputName);

    protected abstract Delegate CreateGetter(int index, DataViewRow row, DataViewSchema.Column input);
}
