using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests;

public sealed class TextLoaderTests : IDisposable
{
    private readonly MLContext _context = new();
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Attributes_say_which_fields_make_a_column()
    {
        Write("label,a,b,c,text", "1,1.5,-2,3e1,x y", "0,4,5,6,z");
        var data = _context.Data.LoadFromTextFile<Row>(_path, separatorChar: ',', hasHeader: true);
        Assert.Equal([true, false], data.GetColumn<bool>("Label"));
        Assert.Equal([1.5f, -2, 30], data.GetColumn<float[]>("Features").First());
        Assert.Equal(["x y", "z"], data.GetColumn<string>("Text"));
        Assert.Equal([1.5f, 4], data.GetColumn<float>("A"));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), data.Schema["Features"].Type);
        Assert.False(data.Schema["Features"].HasSlotNames());
        Assert.Null(data.GetRowCount());
        Assert.False(data.CanShuffle);
    }

    [Fact]
    public void A_header_names_slots_where_the_file_is_its_own_sample()
    {
        Write("label,a, b ,c", "1,1.5,-2,3e1");
        TextLoader.Column[] columns = [new("Label", DataKind.Boolean, 0), new("Features", DataKind.Single, 1, 3)];
        Assert.False(_context.Data.LoadFromTextFile(_path, columns, separatorChar: ',', hasHeader: true).Schema["Features"].HasSlotNames());
        var data = _context.Data.LoadFromTextFile(_path, new TextLoader.Options { Columns = columns, Separators = [','], HasHeader = true });
        VBuffer<ReadOnlyMemory<char>> names = default;
        data.Schema["Features"].GetSlotNames(ref names);
        Assert.Equal(["a", "b", "c"], names.DenseValues().Select(n => n.ToString()));
        Assert.Equal([[1.5f, -2, 30]], data.GetColumn<float[]>("Features"));
    }

    [Fact]
    public void Missing_reals_are_zero_unless_asked_for_as_nan()
    {
        Write("1\t\t3", "1\t?\tNaN", "1", "x\ty\tz");
        TextLoader.Column[] columns = [new("V", DataKind.Single, 0, 2)];
        var data = _context.Data.LoadFromTextFile(_path, columns);
        Assert.Equal([[1, 0, 3], [1, float.NaN, float.NaN], [1, 0, 0], [float.NaN, float.NaN, float.NaN]], data.GetColumn<float[]>("V"));
        var asNan = _context.Data.LoadFromTextFile(_path, new TextLoader.Options { Columns = columns, MissingRealsAsNaNs = true });
        Assert.Equal([1, float.NaN, 3], asNan.GetColumn<float[]>("V").First());
    }

    [Fact]
    public void Quotes_protect_separators_and_double_to_escape()
    {
        Write("\"a,b\", \"say \"\"hi\"\"\",c", "d,e,f");
        var data = _context.Data.LoadFromTextFile(_path, [new("T", DataKind.String, 0, 2)], separatorChar: ',', allowQuoting: true);
        Assert.Equal([["a,b", "say \"hi\"", "c"], ["d", "e", "f"]], data.GetColumn<string[]>("T"));
    }

    [Fact]
    public void Empty_lines_and_comments_are_skipped()
    {
        Write("# about", "// more", "", "1", "", "2", "// between", "3");
        var data = _context.Data.LoadFromTextFile(_path, [new("N", DataKind.Int32, 0)]);
        Assert.Equal([1, 2, 3], data.GetColumn<int>("N"));
    }

    [Fact]
    public void A_number_that_cannot_be_read_names_line_and_column()
    {
        Write("1", "two");
        var data = _context.Data.LoadFromTextFile(_path, [new("N", DataKind.Int32, 0)]);
        var error = Assert.ThrowsAny<Exception>(() => data.GetColumn<int>("N").ToArray());
        var inner = error.InnerException ?? error;
        Assert.Contains("Could not parse value two in line 2, column N", inner.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_counted_from_zero_in_the_file()
    {
        Write("0", "2", "7", "");
        var data = _context.Data.LoadFromTextFile(_path, [new("K", DataKind.UInt32, [new TextLoader.Range(0)], new KeyCount(3))]);
        Assert.Equal([1u, 3u, 0u], data.GetColumn<uint>("K"));
        Assert.Equal("Key<UInt32, 0-2>", data.Schema["K"].Type.ToString());
    }

    [Fact]
    public void A_loader_reads_several_files_and_open_ranges()
    {
        Write("a,b,c", "1,2,3");
        var loader = _context.Data.CreateTextLoader([new("V", DataKind.Single, [new TextLoader.Range(1, null)])], separatorChar: ',', hasHeader: true, dataSample: new MultiFileSource(_path));
        var data = loader.Load(_path, _path);
        Assert.Equal([[2, 3], [2, 3]], data.GetColumn<float[]>("V"));
        Assert.Equal(loader.GetOutputSchema().Select(c => c.ToString()), data.Schema.Select(c => c.ToString()));
    }

    [Fact]
    public void A_member_without_fields_and_a_file_that_is_not_there_are_refused()
    {
        Write("1");
        var error = Assert.Throws<InvalidOperationException>(() => _context.Data.LoadFromTextFile<Unmarked>(_path));
        Assert.Contains("'Value' is missing the LoadColumnAttribute", error.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => _context.Data.LoadFromTextFile<Row>(_path + ".none", ',').GetColumn<float>("A").ToArray());
    }

    private void Write(params string[] lines) => File.WriteAllLines(_path, lines);

    private sealed class Row
    {
        [LoadColumn(0)]
        public bool Label { get; set; }

        [LoadColumn(1, 3), VectorType(3)]
        public float[] Features { get; set; } = [];

        [LoadColumn(4)]
        public string Text { get; set; } = "";

        [LoadColumn(1)]
        public float A { get; set; }
    }

    private sealed class Unmarked
    {
        public float Value { get; set; }
    }
}
