using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

public sealed class ColumnCopyingEstimator : TrivialEstimator<ColumnCopyingTransformer>
{
    private readonly InputOutputColumnPair[] _columns;

    internal ColumnCopyingEstimator(InputOutputColumnPair[] columns)
        : base(new(columns))
        => _columns = columns;

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => inputSchema.With(_columns.Select(pair =>
        {
            var column = inputSchema.Get("input", pair.InputColumnName);
            return new SchemaShape.Column(pair.OutputColumnName, column.Kind, column.ItemType, column.IsKey, column.Annotations);
        }));
}

/// <summary>Gives columns a second name.</summary>
public sealed class ColumnCopyingTransformer : RowToRowTransformerBase
{
    internal const string Signature = "CopyTransform";
    private readonly InputOutputColumnPair[] _columns;

    internal ColumnCopyingTransformer(InputOutputColumnPair[] columns) => _columns = columns;

    internal static ColumnCopyingTransformer Load(ModelLoadContext ctx) => new(ctx.Reader.ReadPairs());

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.BeginModel(Signature);
        ctx.Writer.WritePairs(_columns);
    }

    private protected override IAddedColumns AddColumns(DataViewSchema input) => new Copies(input, _columns);

    private sealed class Copies(DataViewSchema schema, InputOutputColumnPair[] pairs) : OneToOneColumns(schema, pairs)
    {
        protected override DataViewSchema.DetachedColumn Describe(int index, DataViewSchema.Column input, string outputName)
            => new(outputName, input.Type, input.Annotations);

        protected override Delegate CreateGetter(int index, DataViewRow row, DataViewSchema.Column input)
            => (Delegate)Generic.Call(Getter<int>, input.Type.RawType, row, input);

        private static ValueGetter<T> Getter<T>(DataViewRow row, DataViewSchema.Column column) => row.GetGetter<T>(column);
    }
}
