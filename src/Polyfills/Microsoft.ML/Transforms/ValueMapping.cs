using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

public class ValueMappingEstimator : TrivialEstimator<ValueMappingTransformer>
{
    private readonly InputOutputColumnPair[] _columns;
    private readonly ValueMap _map;

    internal ValueMappingEstimator(ValueMap map, InputOutputColumnPair[] columns)
        : base(new(map, columns))
        => (_map, _columns) = (map, columns);

    public sealed override SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => Check.NotNull(inputSchema, nameof(inputSchema)).With(_columns.Select(pair =>
        {
            var column = inputSchema.Get("input", pair.InputColumnName);
            var value = SchemaShape.Column.Of(pair.OutputColumnName, _map.ValueType);
            if (column.Kind == SchemaShape.Column.VectorKind.Scalar)
                return value;
            return _map.ValueType is not VectorDataViewType ? new SchemaShape.Column(value.Name, column.Kind, value.ItemType, value.IsKey)
                : throw new NotSupportedException($"Column '{column.Name}' cannot be mapped to values when the column and the map values are both vector type.");
        }));
}

public sealed class ValueMappingEstimator<TKey, TValue> : ValueMappingEstimator
{
    internal ValueMappingEstimator(ValueMap map, InputOutputColumnPair[] columns)
        : base(map, columns)
    {
    }
}

/// <summary>Looks a column's values up in a dictionary.</summary>
public class ValueMappingTransformer : RowToRowTransformerBase
{
    internal const string Signature = "ValueMappingTransformer";
    private readonly ValueMap _map;
    private readonly InputOutputColumnPair[] _columns;

    internal ValueMappingTransformer(ValueMap map, InputOutputColumnPair[] columns) => (_map, _columns) = (map, columns);

    internal static ValueMappingTransformer Load(ModelLoadContext ctx)
    {
        var columns = ctx.Reader.ReadPairs();
        return new(ValueMap.Load(ctx.Reader), columns);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.BeginModel(Signature);
        ctx.Writer.WritePairs(_columns);
        _map.Save(ctx.Writer);
    }

    private protected override IAddedColumns AddColumns(DataViewSchema input) => new Mapped(input, _columns, _map);

    private sealed class Mapped(DataViewSchema schema, InputOutputColumnPair[] pairs, ValueMap map) : OneToOneColumns(schema, pairs)
    {
        protected override DataViewSchema.DetachedColumn Describe(int index, DataViewSchema.Column input, string outputName)
        {
            if (!input.Type.ItemType().Equals(map.KeyType))
                throw Check.SchemaMismatch("input", input.Name, map.KeyType.ToString(), input.Type.ItemType().ToString());
            if (input.Type is not VectorDataViewType vector)
                return new(outputName, map.ValueType);
            return map.ValueType is PrimitiveDataViewType item ? new(outputName, new VectorDataViewType(item, vector.Dimensions))
                : throw new NotSupportedException($"Column '{input.Name}' cannot be mapped to values when the column and the map values are both vector type.");
        }

        protected override Delegate CreateGetter(int index, DataViewRow row, DataViewSchema.Column input) => map.CreateGetter(row, input);
    }
}
