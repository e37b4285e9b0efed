using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms
{
    /// <summary>Joins columns of one item type into a vector.</summary>
    public sealed class ColumnConcatenatingEstimator : IEstimator<ColumnConcatenatingTransformer>
    {
        private readonly string _output;
        private readonly string[] _inputs;

        internal ColumnConcatenatingEstimator(string output, string[] inputs)
        {
            _output = Check.NonEmpty(output, "outputColumnName");
            _inputs = Check.NotNull(inputs, "inputColumnNames");
            Check.Argument(inputs.Length > 0, "inputColumnNames", "Input columns not specified");
            Check.Argument(!inputs.Any(string.IsNullOrEmpty), "inputColumnNames", "Contained some null or empty items");
        }

        public ColumnConcatenatingTransformer Fit(IDataView input)
        {
            Check.NotNull(input, nameof(input));
            return new(_output, _inputs);
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            SchemaShape.Column[] columns = [.. _inputs.Select(name => Check.NotNull(inputSchema, nameof(inputSchema)).Get("input", name))];
            foreach (var column in columns)
            {
                Check.State(!column.IsKey, $"Column '{column.Name}' is key. Concatenation of keys is unsupported.");
                Check.State(column.ItemType.Equals(columns[0].ItemType), $"Concatenated columns should have the same type. Column '{column.Name}' has type of {column.ItemType}, but expected column type is {columns[0].ItemType}.");
            }
            var annotations = new List<SchemaShape.Column>();
            if (columns.All(IsNormalized))
                annotations.Add(new(AnnotationKinds.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, isKey: false));
            if (columns.Any(c => c.Kind == SchemaShape.Column.VectorKind.Scalar || HasSlotNames(c)))
                annotations.Add(new(AnnotationKinds.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, isKey: false));
            var variable = columns.Any(c => c.Kind == SchemaShape.Column.VectorKind.VariableVector);
            return inputSchema.With(new SchemaShape.Column(_output, variable ? SchemaShape.Column.VectorKind.VariableVector : SchemaShape.Column.VectorKind.Vector,
                columns[0].ItemType, isKey: false, new SchemaShape(annotations)));
        }

        private static bool IsNormalized(SchemaShape.Column column)
            => column.Annotations.Find(AnnotationKinds.IsNormalized) is { Kind: SchemaShape.Column.VectorKind.Scalar, ItemType: BooleanDataViewType };

        private static bool HasSlotNames(SchemaShape.Column column)
            => column.Kind == SchemaShape.Column.VectorKind.Vector
                && column.Annotations.Find(AnnotationKinds.SlotNames) is { Kind: SchemaShape.Column.VectorKind.Vector, ItemType: TextDataViewType };
    }
}

namespace Microsoft.ML.Data
{
    public sealed class ColumnConcatenatingTransformer : RowToRowTransformerBase
    {
        internal const string Signature = "ConcatTransform";
        private readonly string _output;
        private readonly string[] _inputs;

        internal ColumnConcatenatingTransformer(string output, string[] inputs) => (_output, _inputs) = (output, inputs);

        internal static ColumnConcatenatingTransformer Load(ModelLoadContext ctx) => new(ctx.Reader.ReadString(), ctx.Reader.ReadTexts());

        private protected override void SaveModel(ModelSaveContext ctx)
        {
            ctx.BeginModel(Signature);
            ctx.Writer.Write(_output);
            ctx.Writer.WriteTexts(_inputs);
        }

        private protected override IAddedColumns AddColumns(DataViewSchema input)
            => new Concatenated(_output, [.. _inputs.Select(name => Check.Column(input, "input", name))]);

        private sealed class Concatenated : IAddedColumns
        {
            private readonly DataViewSchema.Column[] _inputs;
            private readonly DataViewType _itemType;

            public Concatenated(string output, DataViewSchema.Column[] inputs)
            {
                _inputs = inputs;
                _itemType = inputs[0].Type.ItemType();
                foreach (var column in inputs)
                {
                    if (!column.Type.ItemType().Equals(_itemType))
                        throw Check.SchemaMismatch("input", column.Name, _itemType.ToString(), column.Type.ItemType().ToString());
                }
                var sizes = inputs.Select(c => c.Type.SlotCount()).ToArray();
                var size = sizes.Contains(0) ? 0 : sizes.Sum();
                Columns = IsIdentity
                    ? [new(output, inputs[0].Type, inputs[0].Annotations)]
                    : [new(output, new VectorDataViewType((PrimitiveDataViewType)_itemType, size), Describe(size))];
            }

            public IReadOnlyList<DataViewSchema.DetachedColumn> Columns { get; }

            private bool IsIdentity => _inputs is [{ Type: VectorDataViewType }];

            public IEnumerable<int> DependenciesOf(int added) => _inputs.Select(c => c.Index);

            public Delegate[] CreateGetters(DataViewRow input, bool[] active)
                => [(Delegate)Generic.Call(CreateGetter<int>, _itemType.RawType, input)];

            private DataViewSchema.Annotations Describe(int size)
            {
                var builder = new DataViewSchema.Annotations.Builder();
                if (_itemType is NumberDataViewType && _inputs.All(c => c.IsNormalized()))
                    builder.AddPrimitiveValue(AnnotationKinds.IsNormalized, BooleanDataViewType.Instance, true);
                if (size > 0 && _inputs.Any(c => c.Type is not VectorDataViewType || c.HasSlotNames()))
                {
                    builder.Add(AnnotationKinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, size),
                        (ref VBuffer<ReadOnlyMemory<char>> names) => names = new(size, [.. _inputs.SelectMany(SlotNames)]));
                }
                return builder.ToAnnotations();
            }

            /// <summary>A scalar gives its name, a vector "name.slot" where its slots have names.</summary>
            private static IEnumerable<ReadOnlyMemory<char>> SlotNames(DataViewSchema.Column column)
            {
                if (column.Type is not VectorDataViewType vector)
                    return [column.Name.AsMemory()];
                if (!column.HasSlotNames())
                    return new ReadOnlyMemory<char>[vector.Size];
                VBuffer<ReadOnlyMemory<char>> names = default;
                column.GetSlotNames(ref names);
                return names.DenseValues().Select(name => name.IsEmpty ? name : $"{column.Name}.{name}".AsMemory()).ToArray();
            }

            private ValueGetter<VBuffer<T>> CreateGetter<T>(DataViewRow input)
            {
                if (IsIdentity)
                    return input.GetGetter<VBuffer<T>>(_inputs[0]);
                var parts = new VBuffer<T>[_inputs.Length];
                var reads = _inputs.Select((column, i) => CreateRead(input, column, parts, i)).ToArray();
                return (ref VBuffer<T> value) =>
                {
                    foreach (var read in reads)
                        read();
                    value = Join(parts, parts.Sum(part => part.Length), value);
                };
            }

            private static Action CreateRead<T>(DataViewRow input, DataViewSchema.Column column, VBuffer<T>[] parts, int index)
            {
                if (column.Type is VectorDataViewType vector)
                {
                    var getVector = input.GetGetter<VBuffer<T>>(column);
                    return () =>
                    {
                        getVector(ref parts[index]);
                        var length = parts[index].Length;
                        Check.State(!vector.IsKnownSize || length == vector.Size, $"Column '{column.Name}': expected {vector.Size} slots, but got {length}");
                    };
                }
                var getScalar = input.GetGetter<T>(column);
                parts[index] = new(1, new T[1]);
                return () => getScalar(ref VBufferEditor.CreateFromBuffer(ref parts[index]).Values[0]);
            }

            /// <summary>The joined vector is sparse where less than half of its values are explicit.</summary>
            private static VBuffer<T> Join<T>(VBuffer<T>[] parts, int length, VBuffer<T> buffer)
            {
                var explicitValues = parts.Sum(part => part.GetValues().Length);
                var sparse = explicitValues < length / 2;
                var editor = VBufferEditor.Create(ref buffer, length, sparse ? explicitValues : length);
                var (offset, next) = (0, 0);
                foreach (var part in parts)
                {
                    if (!sparse)
                    {
                        part.CopyTo(editor.Values, offset);
                    }
                    else
                    {
                        part.GetValues().CopyTo(editor.Values[next..]);
                        for (var i = 0; i < part.GetValues().Length; i++, next++)
                            editor.Indices[next] = offset + (part.IsDense ? i : part.GetIndices()[i]);
                    }
                    offset += part.Length;
                }
                return editor.Commit();
            }
        }
    }
}
