using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

public sealed class KeyToValueMappingEstimator : TrivialEstimator<KeyToValueMappingTransformer>
{
    private readonly InputOutputColumnPair[] _columns;

    internal KeyToValueMappingEstimator(InputOutputColumnPair[] columns)
        : base(new(columns))
        => _columns = columns;

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => Check.NotNull(inputSchema, nameof(inputSchema)).With(_columns.Select(pair =>
        {
            var column = inputSchema.Get("input", pair.InputColumnName);
            if (!column.IsKey)
                throw Check.SchemaMismatch("input", column.Name, "KeyType", column.TypeName());
            var values = column.Annotations.Find(AnnotationKinds.KeyValues)
                ?? throw Check.OutOfRange(nameof(inputSchema), $"Input column '{column.Name}' doesn't contain key values metadata");
            var annotations = column.Annotations.Where(a => a.Name == AnnotationKinds.SlotNames);
            return new SchemaShape.Column(pair.OutputColumnName, column.Kind, values.ItemType, values.IsKey, new SchemaShape(annotations));
        }));
}

/// <summary>Replaces keys by the values that their column's annotation gives them.</summary>
public sealed class KeyToValueMappingTransformer : RowToRowTransformerBase
{
    internal const string Signature = "KeyToValueTransform";
    private readonly InputOutputColumnPair[] _columns;

    internal KeyToValueMappingTransformer(InputOutputColumnPair[] columns) => _columns = columns;

    internal static KeyToValueMappingTransformer Load(ModelLoadContext ctx) => new(ctx.Reader.ReadPairs());

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.BeginModel(Signature);
        ctx.Writer.WritePairs(_columns);
    }

    private protected override IAddedColumns AddColumns(DataViewSchema input) => new Values(input, _columns);

    private sealed class Values(DataViewSchema schema, InputOutputColumnPair[] pairs) : OneToOneColumns(schema, pairs)
    {
        protected override DataViewSchema.DetachedColumn Describe(int index, DataViewSchema.Column input, string outputName)
        {
            if (input.Type.ItemType() is not KeyDataViewType key)
                throw Check.SchemaMismatch("input", input.Name, "KeyType", input.Type.ToString());
            if (input.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues)?.Type is not VectorDataViewType values || (ulong)values.Size != key.Count)
                throw new InvalidOperationException($"Input column '{input.Name}' doesn't contain key values metadata");
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.Add(input.Annotations, kind => kind == AnnotationKinds.SlotNames);
            return new(outputName, input.Type is VectorDataViewType vector ? new VectorDataViewType(values.ItemType, vector.Dimensions) : values.ItemType, annotations.ToAnnotations());
        }

        protected override Delegate CreateGetter(int index, DataViewRow row, DataViewSchema.Column input)
            => (Delegate)Generic.Call(WithKeyType<int>, input.Type.ItemType().RawType, row, input, Columns[index].Type.ItemType());

        private Delegate WithKeyType<TKey>(DataViewRow row, DataViewSchema.Column input, DataViewType valueType)
        {
            var getValue = Generic.Call(Lookup<int>, valueType.RawType, input);
            return (Delegate)Generic.Call(Getter<int>, valueType.RawType, RowKeys<TKey>(row, input), getValue, input.Type is VectorDataViewType);
        }

        /// <summary>Reads the row's keys as numbers.</summary>
        private static Func<ulong[]> RowKeys<TKey>(DataViewRow row, DataViewSchema.Column input)
        {
            if (input.Type is VectorDataViewType)
            {
                var readVector = ClrValue.Reader<TKey[]>(row, input);
                return () => [.. readVector().Select(key => Convert.ToUInt64(key, null))];
            }
            var readScalar = ClrValue.Reader<TKey>(row, input);
            return () => [Convert.ToUInt64(readScalar(), null)];
        }

        private static Func<ulong, TValue> Lookup<TValue>(DataViewSchema.Column input)
        {
            VBuffer<TValue> annotation = default;
            input.Annotations.GetValue(AnnotationKinds.KeyValues, ref annotation);
            var values = annotation.DenseValues().ToArray();
            return key => key == 0 || key > (ulong)values.Length ? RawValues.Missing<TValue>() : values[key - 1];
        }

        private static Delegate Getter<TValue>(Func<ulong[]> keys, Func<ulong, TValue> lookup, bool isVector)
        {
            if (!isVector)
                return (ValueGetter<TValue>)((ref TValue value) => value = lookup(keys()[0]));
            return (ValueGetter<VBuffer<TValue>>)((ref VBuffer<TValue> value) =>
            {
                TValue[] values = [.. keys().Select(lookup)];
                value = new(values.Length, values);
            });
        }
    }
}
