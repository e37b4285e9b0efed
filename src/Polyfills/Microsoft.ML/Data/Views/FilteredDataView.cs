namespace Microsoft.ML.Data;

/// <summary>The rows of a source that pass a test.</summary>
internal sealed class FilteredDataView(IDataView source, IReadOnlyList<DataViewSchema.Column> tested, Func<DataViewRow, Func<bool>> createTest, bool canShuffle = true)
    : DataViewBase(source.Schema)
{
    public override bool CanShuffle => canShuffle && source.CanShuffle;

    public override long? GetRowCount() => null;

    protected override DataViewRowCursor CreateCursor(bool[] active, Random rand)
    {
        var input = source.GetRowCursor(Schema.Where(c => active[c.Index]).Union(tested), rand);
        return new Cursor(input, active, createTest(input));
    }

    private sealed class Cursor(DataViewRowCursor input, bool[] active, Func<bool> test) : RootCursor(input.Schema, active)
    {
        public override long Batch => input.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        protected override bool Advance()
        {
            while (input.MoveNext())
            {
                if (test())
                    return true;
            }
            return false;
        }

        protected override ValueGetter<TValue> GetterOf<TValue>(int column) => input.GetGetter<TValue>(Schema[column]);

        protected override void Dispose(bool disposing) => input.Dispose();
    }
}
