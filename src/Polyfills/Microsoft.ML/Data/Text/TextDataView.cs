namespace Microsoft.ML.Data;

/// <summary>The lines of text files as rows; each pass reads them anew.</summary>
internal sealed class TextDataView(IMultiStreamSource source, TextLoader.Options options, DataViewSchema schema, TextColumn[] columns) : DataViewBase(schema)
{
    public override bool CanShuffle => false;

    public override long? GetRowCount() => null;

    protected override DataViewRowCursor CreateCursor(bool[] active, Random rand) => new Cursor(this, active, source, options, columns);

    private sealed class Cursor : RootCursor
    {
        private readonly IEnumerator<(long Number, string Text)> _lines;
        private readonly Delegate[] _getters;
        private readonly TextLoader.Options _options;
        private (long Number, string[] Fields) _current;

        public Cursor(TextDataView view, bool[] active, IMultiStreamSource source, TextLoader.Options options, TextColumn[] columns)
            : base(view.Schema, active)
        {
            _options = options;
            _lines = TextFile.Lines(source, options).GetEnumerator();
            _getters = [.. columns.Select((column, i) => active[i] ? column.CreateGetter(Current, options) : null)];
        }

        protected override bool Advance()
        {
            if (Position + 1 >= _options.MaxRows || !_lines.MoveNext())
                return false;
            _current = (_lines.Current.Number, TextFile.Split(_lines.Current.Text, _options));
            return true;
        }

        protected override ValueGetter<TValue> GetterOf<TValue>(int column) => _getters[column] as ValueGetter<TValue>;

        protected override void Dispose(bool disposing) => _lines.Dispose();

        private (long Number, string[] Fields) Current()
        {
            CheckAtRow();
            return _current;
        }
    }
}
