namespace Microsoft.ML.Data;

/// <summary>Loads lines of separated fields.</summary>
public sealed class TextLoader : IDataLoader<IMultiStreamSource>
{
    private readonly Options _options;
    private readonly DataViewSchema _schema;
    private readonly TextColumn[] _columns;

    internal TextLoader(Options options, IMultiStreamSource dataSample)
    {
        _options = Check.NotNull(options, nameof(options));
        Check.Argument(options.Columns is { Length: > 0 }, nameof(options), "Columns must be given");
        if (options.AllowSparse)
            throw new NotSupportedException("Sparse text is not in this polyfill of ML.NET.");
        var sample = new Lazy<string[]>(() => TextFile.FirstLine(dataSample, options) is { } line ? TextFile.Split(line, options)
            : throw Check.OutOfRange(nameof(Column.Source), "Can't determine the number of source columns without valid data"));
        _columns = [.. options.Columns.Select(c => TextColumn.Create(c, () => sample.Value.Length))];
        var header = options.HeaderFile is not null ? TextFile.FirstLine(new MultiFileSource(options.HeaderFile), options)
            : options.HasHeader ? TextFile.FirstLine(dataSample, options) : null;
        var names = header is null ? [] : TextFile.Split(header, options);
        var builder = new DataViewSchema.Builder();
        foreach (var column in _columns)
            builder.AddColumn(column.Name, column.Type, column.SlotNames(names));
        _schema = builder.ToSchema();
    }

    public DataViewSchema GetOutputSchema() => _schema;

    public IDataView Load(IMultiStreamSource source) => new TextDataView(Check.NotNull(source, nameof(source)), _options, _schema, _columns);

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException("Saving a text loader is not in this polyfill of ML.NET.");

    public sealed class Range
    {
        public int Min;
        public int? Max;

        public Range()
        {
        }

        public Range(int index) => (Min, Max) = (CheckIndex(index, nameof(index)), index);

        /// <summary>From min to max, or to the end of the line if max is null.</summary>
        public Range(int min, int? max)
        {
            Check.Argument(max is null || max >= min, nameof(max), "If specified, must be greater than or equal to min");
            (Min, Max) = (CheckIndex(min, nameof(min)), max);
        }

        private static int CheckIndex(int index, string name) => index >= 0 ? index : throw Check.OutOfRange(name, "Must be non-negative");
    }

    public sealed class Column
    {
        public string Name;
        public Range[] Source;
        public KeyCount KeyCount;

        public Column()
        {
        }

        public Column(string name, DataKind dataKind, int index)
            : this(name, dataKind, [new Range(index)])
        {
        }

        public Column(string name, DataKind dataKind, int minIndex, int maxIndex)
            : this(name, dataKind, [new Range(minIndex, maxIndex)])
        {
        }

        public Column(string name, DataKind dataKind, Range[] source, KeyCount keyCount = null)
            => (Name, DataKind, Source, KeyCount) = (Check.NonEmpty(name, nameof(name)), dataKind, Check.NotNull(source, nameof(source)), keyCount);

        public DataKind DataKind { get; set; } = DataKind.Single;
    }

    public class Options
    {
        public bool AllowQuoting;
        public bool AllowSparse;
        public Column[] Columns;
        public char DecimalMarker = '.';
        public char EscapeChar = '"';
        public bool HasHeader;
        public string HeaderFile;
        public long? MaxRows;
        public bool MissingRealsAsNaNs;
        public char[] Separators = ['\t'];
        public bool TrimWhitespace;
    }
}
