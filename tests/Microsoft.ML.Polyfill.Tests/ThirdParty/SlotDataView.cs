using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests.ThirdParty;

/// <summary>Scored rows. A second cursor runs ahead by a batch and scores it at once.</summary>
public sealed class SlotDataView(IDataView source, SlotMapper mapper) : IDataView
{
    private const int BatchSize = 4;

    public bool CanShuffle => false;

    public DataViewSchema Schema => mapper.OutputSchema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(source, mapper, columnsNeeded);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly SlotMapper _mapper;
        private readonly HashSet<int> _active;
        private readonly DataViewRowCursor _passed;
        private readonly DataViewRowCursor? _ahead;
        private readonly ValueGetter<VBuffer<float>>? _getFeatures;
        private readonly List<float> _scores = [];
        private VBuffer<float> _features;
        private int _next;

        public Cursor(IDataView source, SlotMapper mapper, IEnumerable<DataViewSchema.Column> active)
        {
            _mapper = mapper;
            _active = [.. active.Select(c => c.Index)];
            _passed = source.GetRowCursor(mapper.InputSchema.Where(c => _active.Contains(c.Index)));
            if (_active.All(i => i < mapper.InputSchema.Count))
                return;
            _ahead = source.GetRowCursor([mapper.Features]);
            _getFeatures = _ahead.GetGetter<VBuffer<float>>(mapper.Features);
        }

        public override long Position => _passed.Position;

        public override long Batch => _passed.Batch;

        public override DataViewSchema Schema => _mapper.OutputSchema;

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => _passed.GetIdGetter();

        public override bool MoveNext()
        {
            if (!_passed.MoveNext())
                return false;
            if (_ahead is not null && _next >= _scores.Count)
                ScoreBatch();
            _next++;
            return true;
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
                throw new ArgumentOutOfRangeException(nameof(column), $"Column '{column.Name}' is not active");
            if (column.Index < _mapper.InputSchema.Count)
                return _passed.GetGetter<TValue>(_mapper.InputSchema[column.Index]);
            Delegate getter = (column.Index - _mapper.InputSchema.Count) switch
            {
                0 => (ValueGetter<float>)((ref float value) => value = _scores[_next - 1]),
                1 => (ValueGetter<float>)((ref float value) => value = SlotModel.Probability(_scores[_next - 1])),
                _ => (ValueGetter<bool>)((ref bool value) => value = _scores[_next - 1] > 0),
            };
            return (ValueGetter<TValue>)getter;
        }

        protected override void Dispose(bool disposing)
        {
            _passed.Dispose();
            _ahead?.Dispose();
            base.Dispose(disposing);
        }

        private void ScoreBatch()
        {
            _scores.Clear();
            _next = 0;
            while (_scores.Count < BatchSize && _ahead!.MoveNext())
            {
                _getFeatures!(ref _features);
                _scores.Add(_mapper.Model.Score(_features.DenseValues().ToArray()));
            }
        }
    }
}
