namespace Microsoft.ML.Data;

/// <summary>The rows of a source after the first few, at most so many.</summary>
internal sealed class SkipTakeDataView(IDataView source, long skip, long take) : DataViewBase(source.Schema)
{
    public override bool CanShuffle => false;

    public override long? GetRowCount() => source.GetRowCount() is { } count ? Math.Min(Math.Max(0, count - skip), take) : null;

    protected override DataViewRowCursor CreateCursor(bool[] active, Random rand)
        => new Cursor(source.GetRowCursor(Schema.Where(c => active[c.Index])), active, skip, take);

    private sealed class Cursor(DataViewRowCursor input, bool[] active, long skip, long take) : RootCursor(input.Schema, active)
    {
        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        protected override bool Advance()
        {
            if (Position + 1 >= take)
                return false;
            for (; skip > 0; skip--)
            {
                if (!input.MoveNext())
                    return false;
            }
            return input.MoveNext();
        }

        protected override ValueGetter<TValue> GetterOf<TValue>(int column) => input.GetGetter<TValue>(Schema[column]);

        protected override void Dispose(bool disposing) => input.Dispose();
    }
}
