namespace Microsoft.ML.Data;

/// <summary>Gives rows in random order from a pool that is refilled from the source.</summary>
internal sealed class ShuffledDataView(IDataView source, int seed, int poolSize, bool shuffleSource) : DataViewBase(source.Schema)
{
    public override bool CanShuffle => true;

    public override long? GetRowCount() => source.GetRowCount();

    protected override DataViewRowCursor CreateCursor(bool[] active, Random rand)
    {
        rand ??= new Random(seed);
        var input = source.GetRowCursor(Schema.Where(c => active[c.Index]), shuffleSource && source.CanShuffle ? rand : null);
        return new Cursor(input, active, rand, poolSize);
    }

    private sealed class Cursor : RootCursor
    {
        private readonly DataViewRowCursor _input;
        private readonly Random _rand;
        private readonly ColumnBuffer[] _pool;
        private readonly List<Action<int>> _stores = [];
        private readonly List<DataViewRowId> _ids = [];
        private readonly ValueGetter<DataViewRowId> _getId;
        private readonly int _poolSize;
        private int _count;
        private int _current = -1;
        private bool _inputEnded;

        public Cursor(DataViewRowCursor input, bool[] active, Random rand, int poolSize)
            : base(input.Schema, active)
        {
            (_input, _rand, _poolSize) = (input, rand, poolSize);
            _pool = [.. Schema.Select(c => active[c.Index] ? ColumnBuffer.Create(c.Type) : null)];
            _stores.AddRange(Schema.Where(c => active[c.Index]).Select(c => _pool[c.Index].CreateStore(input, c)));
            _getId = input.GetIdGetter();
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[_current];

        protected override bool Advance()
        {
            if (_current >= 0)
                Replace(_current);
            while (_count < _poolSize && Read(_count))
                _count++;
            _current = _count > 0 ? _rand.Next(_count) : -1;
            return _count > 0;
        }

        protected override ValueGetter<TValue> GetterOf<TValue>(int column) => _pool[column].CreateGetter<TValue>(Current);

        protected override void Dispose(bool disposing) => _input.Dispose();

        private int Current()
        {
            CheckAtRow();
            return _current;
        }

        /// <summary>Fills a used place of the pool from the source, or else with the pool's last row.</summary>
        private void Replace(int index)
        {
            if (Read(index))
                return;
            _count--;
            foreach (var column in _pool)
                column?.Move(_count, index);
            _ids[index] = _ids[_count];
        }

        private bool Read(int index)
        {
            _inputEnded = _inputEnded || !_input.MoveNext();
            if (_inputEnded)
                return false;
            foreach (var store in _stores)
                store(index);
            DataViewRowId id = default;
            _getId(ref id);
            if (index == _ids.Count)
                _ids.Add(id);
            else
                _ids[index] = id;
            return true;
        }
    }
}
