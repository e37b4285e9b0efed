using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

public sealed class ColumnSelectingEstimator : TrivialEstimator<ColumnSelectingTransformer>
{
    internal ColumnSelectingEstimator(string[] columns, bool keep, bool keepHidden)
        : base(new(columns, keep, keepHidden))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Transformer.CheckPresent(Check.NotNull(inputSchema, nameof(inputSchema)).Select(c => c.Name));
        return new(inputSchema.Where(c => Transformer.Keeps(c.Name)));
    }
}

/// <summary>Keeps columns, in the given order, or drops them. Of the kept ones the hidden go, unless asked for.</summary>
public sealed class ColumnSelectingTransformer : ITransformer
{
    internal const string Signature = "SelectColumnsTransform";
    private readonly string[] _columns;
    private readonly bool _keep;
    private readonly bool _keepHidden;

    internal ColumnSelectingTransformer(string[] columns, bool keep, bool keepHidden)
        => (_columns, _keep, _keepHidden) = (Check.NotNull(columns, nameof(columns)), keep, keepHidden);

    bool ITransformer.IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input) => Bind(Check.NotNull(input, nameof(input)).Schema).Apply(input);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Bind(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.BeginModel(Signature);
        ctx.Writer.WriteTexts(_columns);
        ctx.Writer.Write(_keep);
        ctx.Writer.Write(_keepHidden);
    }

    internal static ColumnSelectingTransformer Load(ModelLoadContext ctx) => new(ctx.Reader.ReadTexts(), ctx.Reader.ReadBoolean(), ctx.Reader.ReadBoolean());

    internal bool Keeps(string name) => _columns.Contains(name) == _keep;

    internal void CheckPresent(IEnumerable<string> names)
    {
        string[] missing = [.. _columns.Except(names)];
        if (missing.Length > 0)
            throw Check.MissingColumn("input", string.Join(",", missing));
    }

    private RowBinding Bind(DataViewSchema input)
    {
        CheckPresent(Check.NotNull(input, "inputSchema").Select(c => c.Name));
        var kept = input.Where(c => Keeps(c.Name));
        if (_keep)
            kept = kept.Where(c => _keepHidden || !c.IsHidden).OrderBy(c => Array.IndexOf(_columns, c.Name));
        return new(input, [.. kept.Select(c => c.Index)]);
    }
}
