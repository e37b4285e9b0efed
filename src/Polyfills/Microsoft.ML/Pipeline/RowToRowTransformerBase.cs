namespace Microsoft.ML.Data;

/// <summary>A transformer that adds columns.</summary>
public abstract class RowToRowTransformerBase : ITransformer
{
    private protected RowToRowTransformerBase()
    {
    }

    bool ITransformer.IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input) => Bind(Check.NotNull(input, nameof(input)).Schema).Apply(input);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Bind(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => SaveModel(ctx);

    private RowBinding Bind(DataViewSchema schema) => new(schema, AddColumns(Check.NotNull(schema, "inputSchema")));

    private protected abstract IAddedColumns AddColumns(DataViewSchema input);

    private protected abstract void SaveModel(ModelSaveContext ctx);
}
