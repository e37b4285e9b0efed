using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Learns the values of columns and numbers them from 1.</summary>
public sealed class ValueToKeyMappingEstimator : IEstimator<ValueToKeyMappingTransformer>
{
    private readonly InputOutputColumnPair[] _columns;
    private readonly int _maximumKeys;
    private readonly KeyOrdinality _ordinality;
    private readonly bool _asText;
    private readonly IDataView _keyData;

    internal ValueToKeyMappingEstimator(InputOutputColumnPair[] columns, int maximumKeys, KeyOrdinality ordinality, bool asText, IDataView keyData)
    {
        Check.Argument(maximumKeys > 0, "maximumNumberOfKeys", "Must be positive");
        Check.Argument(keyData is null || keyData.Schema.Count == 1, nameof(keyData), "If specified, this data view should contain only a single column containing the terms to map.");
        (_columns, _maximumKeys, _ordinality, _asText, _keyData) = (columns, maximumKeys, ordinality, asText, keyData);
    }

    public enum KeyOrdinality : byte
    {
        ByOccurrence = 0,
        ByValue = 1,
    }

    public ValueToKeyMappingTransformer Fit(IDataView input)
    {
        Check.NotNull(input, nameof(input));
        var data = _keyData ?? input;
        var sources = _columns.Select(pair => (Type: Check.Column(input.Schema, "input", pair.InputColumnName).Type, Column: _keyData?.Schema[0] ?? input.Schema[pair.InputColumnName])).ToArray();
        foreach (var (type, column) in sources)
            Check.Argument(type.ItemType().RawType == column.Type.ItemType().RawType, "keyData", $"The key data is of type {column.Type}, the column of type {type}");
        var terms = sources.Select(s => TermSet.Create((PrimitiveDataViewType)s.Type.ItemType())).ToArray();
        using var cursor = data.GetRowCursor(sources.Select(s => s.Column));
        var adds = sources.Select((s, i) => terms[i].CreateAdd(cursor, s.Column, _maximumKeys)).ToArray();
        while (cursor.MoveNext())
        {
            foreach (var add in adds)
                add();
        }
        if (_ordinality == KeyOrdinality.ByValue)
        {
            foreach (var set in terms)
                set.Sort();
        }
        return new(_columns, terms, _asText);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => Check.NotNull(inputSchema, nameof(inputSchema)).With(_columns.Select(pair =>
        {
            var column = inputSchema.Get("input", pair.InputColumnName);
            var values = column.IsKey && column.Annotations.Find(AnnotationKinds.KeyValues) is { Kind: SchemaShape.Column.VectorKind.Vector } known ? known
                : new(AnnotationKinds.KeyValues, SchemaShape.Column.VectorKind.Vector, _asText ? TextDataViewType.Instance : column.ItemType, column.IsKey);
            var annotations = column.Annotations.Where(a => a.Name == AnnotationKinds.SlotNames).Append(values);
            return new SchemaShape.Column(pair.OutputColumnName, column.Kind, NumberDataViewType.UInt32, isKey: true, new SchemaShape(annotations));
        }));
}

public sealed class ValueToKeyMappingTransformer : RowToRowTransformerBase
{
    internal const string Signature = "TermTransform";
    private readonly InputOutputColumnPair[] _columns;
    private readonly TermSet[] _terms;
    private readonly bool _asText;

    internal ValueToKeyMappingTransformer(InputOutputColumnPair[] columns, TermSet[] terms, bool asText)
        => (_columns, _terms, _asText) = (columns, terms, asText);

    internal static ValueToKeyMappingTransformer Load(ModelLoadContext ctx)
    {
        var columns = ctx.Reader.ReadPairs();
        return new(columns, [.. columns.Select(_ => TermSet.Load(ctx.Reader))], ctx.Reader.ReadBoolean());
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.BeginModel(Signature);
        ctx.Writer.WritePairs(_columns);
        foreach (var terms in _terms)
            terms.Save(ctx.Writer);
        ctx.Writer.Write(_asText);
    }

    private protected override IAddedColumns AddColumns(DataViewSchema input) => new Keys(input, _columns, _terms, _asText);

    private sealed class Keys(DataViewSchema schema, InputOutputColumnPair[] pairs, TermSet[] terms, bool asText) : OneToOneColumns(schema, pairs)
    {
        protected override DataViewSchema.DetachedColumn Describe(int index, DataViewSchema.Column input, string outputName)
        {
            var set = terms[index];
            if (!input.Type.ItemType().Equals(set.Type))
                throw Check.SchemaMismatch("input", input.Name, set.Type.ToString(), input.Type.ItemType().ToString());
            var annotations = new DataViewSchema.Annotations.Builder();
            set.Annotate(annotations, input, asText);
            annotations.Add(input.Annotations, kind => kind == AnnotationKinds.SlotNames);
            var key = new KeyDataViewType(typeof(uint), Math.Max(1, set.Count));
            return new(outputName, input.Type is VectorDataViewType vector ? new VectorDataViewType(key, vector.Dimensions) : key, annotations.ToAnnotations());
        }

        protected override Delegate CreateGetter(int index, DataViewRow row, DataViewSchema.Column input) => terms[index].CreateGetter(row, input);
    }
}
