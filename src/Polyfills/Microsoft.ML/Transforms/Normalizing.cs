using System.Numerics;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Learns a scale and an offset for each slot of single or double columns.</summary>
public sealed class NormalizingEstimator : IEstimator<NormalizingTransformer>
{
    private readonly InputOutputColumnPair[] _columns;
    private readonly long _maximumExamples;
    private readonly Func<SlotStatistics> _createStatistics;

    internal NormalizingEstimator(InputOutputColumnPair[] columns, long maximumExamples, Func<SlotStatistics> createStatistics)
    {
        Check.Argument(maximumExamples > 1, "MaximumExampleCount", "Must be greater than 1");
        (_columns, _maximumExamples, _createStatistics) = (columns, maximumExamples, createStatistics);
    }

    public NormalizingTransformer Fit(IDataView input)
    {
        Check.NotNull(input, nameof(input));
        DataViewSchema.Column[] sources = [.. _columns.Select(pair => Check.Column(input.Schema, "input", pair.InputColumnName))];
        foreach (var source in sources)
            NormalizingTransformer.CheckType(source);
        using var cursor = input.GetRowCursor(sources);
        var learners = sources.Select(source => (Learner)Generic.Call(CreateLearner<float>, source.Type.ItemType().RawType, cursor, source)).ToArray();
        for (long rows = 0; rows < _maximumExamples && cursor.MoveNext(); rows++)
        {
            foreach (var learner in learners)
                learner.Add();
        }
        return new(_columns, [.. learners.Select(learner => learner.Finish())]);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => Check.NotNull(inputSchema, nameof(inputSchema)).With(_columns.Select(pair =>
        {
            var column = inputSchema.Get("input", pair.InputColumnName);
            if (column.Kind == SchemaShape.Column.VectorKind.VariableVector)
                throw Check.SchemaMismatch("input", column.Name, "known-size vector or scalar", column.TypeName());
            if (!column.ItemType.Equals(NumberDataViewType.Single) && !column.ItemType.Equals(NumberDataViewType.Double))
                throw Check.SchemaMismatch("input", column.Name, "vector or scalar of Single or Double", column.TypeName());
            var annotations = column.Annotations.Where(a => a.Name == AnnotationKinds.SlotNames)
                .Prepend(new(AnnotationKinds.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, isKey: false));
            return new SchemaShape.Column(pair.OutputColumnName, column.Kind, column.ItemType, column.IsKey, new SchemaShape(annotations));
        }));

    private Learner CreateLearner<T>(DataViewRow row, DataViewSchema.Column column)
        where T : struct, IFloatingPointIeee754<T>
        => new Learner<T>(row, column, [.. Enumerable.Range(0, column.Type.SlotCount()).Select(_ => _createStatistics())]);

    private abstract class Learner
    {
        public abstract void Add();

        public abstract AffineMap Finish();
    }

    private sealed class Learner<T> : Learner
        where T : struct, IFloatingPointIeee754<T>
    {
        private readonly SlotStatistics[] _slots;
        private readonly ValueGetter<VBuffer<T>> _getVector;
        private readonly ValueGetter<T> _getScalar;
        private VBuffer<T> _buffer;
        private long _rows;

        public Learner(DataViewRow row, DataViewSchema.Column column, SlotStatistics[] slots)
        {
            _slots = slots;
            if (column.Type is VectorDataViewType)
                _getVector = row.GetGetter<VBuffer<T>>(column);
            else
                _getScalar = row.GetGetter<T>(column);
        }

        public override void Add()
        {
            _rows++;
            if (_getScalar is not null)
            {
                T value = default;
                _getScalar(ref value);
                _slots[0].Add(double.CreateChecked(value));
                return;
            }
            _getVector(ref _buffer);
            Check.State(_buffer.Length == _slots.Length, $"Normalizer expected {_slots.Length} slots but got {_buffer.Length}");
            var values = _buffer.GetValues();
            for (var i = 0; i < values.Length; i++)
                _slots[_buffer.IsDense ? i : _buffer.GetIndices()[i]].Add(double.CreateChecked(values[i]));
        }

        public override AffineMap Finish()
        {
            foreach (var slot in _slots)
                slot.AddZeros(_rows - slot.Seen);
            var affine = _slots.Select(slot => slot.ToAffine(typeof(T) == typeof(float))).ToArray();
            return new AffineMap<T>([.. affine.Select(a => T.CreateChecked(a.Scale))], [.. affine.Select(a => T.CreateChecked(a.Offset))]);
        }
    }
}

public sealed class NormalizingTransformer : RowToRowTransformerBase
{
    internal const string Signature = "Normalizer";
    private readonly InputOutputColumnPair[] _columns;
    private readonly AffineMap[] _maps;

    internal NormalizingTransformer(InputOutputColumnPair[] columns, AffineMap[] maps) => (_columns, _maps) = (columns, maps);

    internal static NormalizingTransformer Load(ModelLoadContext ctx)
    {
        var columns = ctx.Reader.ReadPairs();
        return new(columns, [.. columns.Select(_ => AffineMap.Load(ctx.Reader))]);
    }

    internal static void CheckType(DataViewSchema.Column column)
    {
        const string Expected = "scalar or known-size vector of Single";
        if (column.Type is VectorDataViewType { IsKnownSize: false })
            throw Check.SchemaMismatch("input", column.Name, Expected, "variable-size vector");
        if (column.Type.ItemType() != NumberDataViewType.Single && column.Type.ItemType() != NumberDataViewType.Double)
            throw Check.SchemaMismatch("input", column.Name, Expected, column.Type.ToString());
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.BeginModel(Signature);
        ctx.Writer.WritePairs(_columns);
        foreach (var map in _maps)
            map.Save(ctx.Writer);
    }

    private protected override IAddedColumns AddColumns(DataViewSchema input) => new Normalized(input, _columns, _maps);

    private sealed class Normalized(DataViewSchema schema, InputOutputColumnPair[] pairs, AffineMap[] maps) : OneToOneColumns(schema, pairs)
    {
        protected override DataViewSchema.DetachedColumn Describe(int index, DataViewSchema.Column input, string outputName)
        {
            CheckType(input);
            maps[index].CheckFits(input);
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.AddPrimitiveValue(AnnotationKinds.IsNormalized, BooleanDataViewType.Instance, true);
            annotations.Add(input.Annotations, kind => kind == AnnotationKinds.SlotNames);
            return new(outputName, input.Type, annotations.ToAnnotations());
        }

        protected override Delegate CreateGetter(int index, DataViewRow row, DataViewSchema.Column input) => maps[index].CreateGetter(row, input);
    }
}
