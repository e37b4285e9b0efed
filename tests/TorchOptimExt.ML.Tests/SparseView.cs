using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Tests;

/// <summary>The rows of another view, with vectors that leave out the zeros.</summary>
internal sealed class SparseView(IDataView source) : IDataView
{
    public bool CanShuffle => false;
    public DataViewSchema Schema => source.Schema;
    public long? GetRowCount() => source.GetRowCount();
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(source.GetRowCursor(columnsNeeded));
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewRowCursor inner) : DataViewRowCursor
    {
        public override long Position => inner.Position;
        public override long Batch => inner.Batch;
        public override DataViewSchema Schema => inner.Schema;
        public override bool IsColumnActive(DataViewSchema.Column column) => inner.IsColumnActive(column);
        public override ValueGetter<DataViewRowId> GetIdGetter() => inner.GetIdGetter();
        public override bool MoveNext() => inner.MoveNext();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (typeof(TValue) != typeof(VBuffer<float>)) return inner.GetGetter<TValue>(column);
            var get = inner.GetGetter<VBuffer<float>>(column);
            VBuffer<float> dense = default;
            ValueGetter<VBuffer<float>> sparse = (ref VBuffer<float> value) =>
            {
                get(ref dense);
                var kept = dense.Items(all: true).Where(item => item.Value != 0).ToArray();
                value = new(dense.Length, kept.Length, [.. kept.Select(k => k.Value)], [.. kept.Select(k => k.Key)]);
            };
            return (ValueGetter<TValue>)(Delegate)sparse;
        }
    }
}
