using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

public sealed class TypeConvertingEstimator : TrivialEstimator<TypeConvertingTransformer>
{
    private readonly InputOutputColumnPair[] _columns;
    private readonly PrimitiveDataViewType _output;

    internal TypeConvertingEstimator(InputOutputColumnPair[] columns, DataKind outputKind)
        : base(new(columns, DataViewTypes.Of(outputKind)))
        => (_columns, _output) = (columns, DataViewTypes.Of(outputKind));

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => Check.NotNull(inputSchema, nameof(inputSchema)).With(_columns.Select(pair =>
        {
            var column = inputSchema.Get("input", pair.InputColumnName);
            return Conversion.Exists(column.ItemType, _output)
                ? new SchemaShape.Column(pair.OutputColumnName, column.Kind, _output, isKey: false, column.Annotations)
                : throw Check.OutOfRange(nameof(inputSchema), $"Don't know how to convert {column.Name} into {_output}");
        }));
}

/// <summary>Converts columns to another primitive type: numbers and booleans to numbers, text to numbers and back.</summary>
public sealed class TypeConvertingTransformer : RowToRowTransformerBase
{
    internal const string Signature = "ConvertTransform";
    private readonly InputOutputColumnPair[] _columns;
    private readonly PrimitiveDataViewType _output;

    internal TypeConvertingTransformer(InputOutputColumnPair[] columns, PrimitiveDataViewType output) => (_columns, _output) = (columns, output);

    internal static TypeConvertingTransformer Load(ModelLoadContext ctx) => new(ctx.Reader.ReadPairs(), (PrimitiveDataViewType)ctx.Reader.ReadType());

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.BeginModel(Signature);
        ctx.Writer.WritePairs(_columns);
        ctx.Writer.WriteType(_output);
    }

    private protected override IAddedColumns AddColumns(DataViewSchema input) => new Converted(input, _columns, _output);

    private sealed class Converted(DataViewSchema schema, InputOutputColumnPair[] pairs, PrimitiveDataViewType output) : OneToOneColumns(schema, pairs)
    {
        protected override DataViewSchema.DetachedColumn Describe(int index, DataViewSchema.Column input, string outputName)
        {
            if (!Conversion.Exists(input.Type.ItemType(), output))
                throw Check.SchemaMismatch("input", input.Name, $"a type that converts to {output}", input.Type.ToString());
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.Add(input.Annotations, kind => kind == AnnotationKinds.SlotNames || (kind == AnnotationKinds.IsNormalized && output is NumberDataViewType));
            if (input.Type.ItemType() is BooleanDataViewType && output is NumberDataViewType)
                annotations.AddPrimitiveValue(AnnotationKinds.IsNormalized, BooleanDataViewType.Instance, true);
            return new(outputName, input.Type is VectorDataViewType vector ? new VectorDataViewType(output, vector.Dimensions) : output, annotations.ToAnnotations());
        }

        protected override Delegate CreateGetter(int index, DataViewRow row, DataViewSchema.Column input)
            => (Delegate)Generic.Call(From<int>, input.Type.ItemType().RawType, row, input);

        private Delegate From<TSource>(DataViewRow row, DataViewSchema.Column input)
        {
            Func<DataViewRow, DataViewSchema.Column, Delegate> create = Getter<TSource, int>;
            var method = create.Method.GetGenericMethodDefinition().MakeGenericMethod(typeof(TSource), output.RawType);
            return method.CreateDelegate<Func<DataViewRow, DataViewSchema.Column, Delegate>>()(row, input);
        }

        private static Delegate Getter<TSource, TTarget>(DataViewRow row, DataViewSchema.Column input)
        {
            if (input.Type is not VectorDataViewType)
            {
                var getScalar = row.GetGetter<TSource>(input);
                TSource scalar = default;
                return (ValueGetter<TTarget>)((ref TTarget value) =>
                {
                    getScalar(ref scalar);
                    value = Conversion.Convert<TSource, TTarget>(scalar);
                });
            }
            var getVector = row.GetGetter<VBuffer<TSource>>(input);
            VBuffer<TSource> vector = default;
            return (ValueGetter<VBuffer<TTarget>>)((ref VBuffer<TTarget> value) =>
            {
                getVector(ref vector);
                var editor = VBufferEditor.Create(ref value, vector.Length, vector.GetValues().Length);
                vector.GetIndices().CopyTo(editor.Indices);
                for (var i = 0; i < editor.Values.Length; i++)
                    editor.Values[i] = Conversion.Convert<TSource, TTarget>(vector.GetValues()[i]);
                value = editor.Commit();
            });
        }
    }
}
