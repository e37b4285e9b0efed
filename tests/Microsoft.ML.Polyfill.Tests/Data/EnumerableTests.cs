using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests;

public class EnumerableTests
{
    private readonly MLContext _context = new(seed: 3);

    [Fact]
    public void Members_become_columns_of_their_types()
    {
        var schema = _context.Data.LoadFromEnumerable(new List<Row>()).Schema;
        Assert.Equal(
            ["Flag: Boolean", "Key: Key<UInt32, 0-2>", "Many: Vector<Single>", "Named: String", "Number: Single", "Three: Vector<Single, 3>", "Words: Vector<String>"],
            schema.Select(c => c.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Rows_come_back_as_they_went_in()
    {
        var rows = Rows();
        var read = _context.Data.CreateEnumerable<Row>(_context.Data.LoadFromEnumerable(rows), reuseRowObject: false).ToArray();
        Assert.Equal(rows.Count, read.Length);
        foreach (var (before, after) in rows.Zip(read))
        {
            Assert.Equal(before.Number, after.Number);
            Assert.Equal(before.Text, after.Text);
            Assert.Equal(before.Flag, after.Flag);
            Assert.Equal(before.Three, after.Three);
            Assert.Equal(before.Many, after.Many);
            Assert.Equal(before.Words, after.Words);
            // An object holds a key's index from 0, a column its value from 1.
            Assert.Equal(before.Key + 1, after.Key);
        }
    }

    [Fact]
    public void A_collection_is_counted_a_stream_is_not()
    {
        var list = _context.Data.LoadFromEnumerable(Rows());
        Assert.Equal(3, list.GetRowCount());
        Assert.False(list.CanShuffle);
        var stream = _context.Data.LoadFromEnumerable(Rows().Where(_ => true));
        Assert.Null(stream.GetRowCount());
        Assert.False(stream.CanShuffle);
        Assert.Equal([1, 2, 3], list.GetColumn<float>("Number"));
    }

    [Fact]
    public void Cursor_stands_before_the_first_row_and_counts()
    {
        var data = _context.Data.LoadFromEnumerable(Rows());
        using var cursor = data.GetRowCursor([data.Schema["Number"]]);
        Assert.Equal(-1, cursor.Position);
        Assert.Equal(0, cursor.Batch);
        var positions = new List<long>();
        while (cursor.MoveNext())
            positions.Add(cursor.Position);
        Assert.Equal([0, 1, 2], positions);
        Assert.False(cursor.MoveNext());
    }

    [Fact]
    public void Columns_that_were_not_asked_for_are_inactive()
    {
        var data = _context.Data.LoadFromEnumerable(Rows());
        using var cursor = data.GetRowCursor([data.Schema["Number"]]);
        Assert.True(cursor.IsColumnActive(data.Schema["Number"]));
        Assert.False(cursor.IsColumnActive(data.Schema["Flag"]));
        Assert.ThrowsAny<Exception>(() => cursor.GetGetter<bool>(data.Schema["Flag"]));
        Assert.ThrowsAny<Exception>(() => cursor.GetGetter<double>(data.Schema["Number"]));
    }

    [Fact]
    public void A_schema_definition_renames_and_sizes_columns()
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        definition["Many"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2);
        definition["Number"].ColumnName = "Weight";
        var schema = _context.Data.LoadFromEnumerable(Rows(), definition).Schema;
        Assert.Equal(2, Assert.IsType<VectorDataViewType>(schema["Many"].Type).Size);
        Assert.NotNull(schema.GetColumnOrNull("Weight"));
    }

    [Fact]
    public void A_schema_gives_types_and_annotations()
    {
        var source = _context.Data.LoadFromEnumerable(new List<OneColumn> { new() { Number = 1 } });
        var normalized = _context.Transforms.NormalizeMinMax("Number").Fit(source).Transform(source);
        var single = _context.Transforms.SelectColumns("Number").Fit(normalized).Transform(normalized);
        var data = _context.Data.LoadFromEnumerable(new List<OneColumn> { new() { Number = 5 } }, single.Schema);
        Assert.True(data.Schema["Number"].IsNormalized());
        Assert.Equal([5], data.GetColumn<float>("Number"));
        Assert.Throws<InvalidOperationException>(() => _context.Data.LoadFromEnumerable(new List<OneColumn>(), _context.Data.LoadFromEnumerable(Rows()).Schema));
    }

    [Fact]
    public void GetColumn_reads_raw_values_strings_and_arrays()
    {
        var data = _context.Data.LoadFromEnumerable(Rows());
        Assert.Equal([1, 2, 3], data.GetColumn<float>("Number"));
        Assert.Equal(["a", "", "c"], data.GetColumn<string>("Named"));
        Assert.Equal([1, 2, 3], data.GetColumn<float[]>("Three").First());
        Assert.Equal(["x", "y"], data.GetColumn<string[]>("Words").First());
        Assert.Equal([1u, 2u, 3u], data.GetColumn<uint>("Key"));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.GetColumn<double>("Number").ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => data.GetColumn<float>("Nowhere").ToArray());
    }

    [Fact]
    public void Unsupported_members_are_named()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.LoadFromEnumerable(new List<BadRow>()));
        Assert.Contains("Other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_columns_are_refused_unless_ignored()
    {
        var data = _context.Data.LoadFromEnumerable(new List<OneColumn> { new() { Number = 5 } });
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.CreateEnumerable<TwoColumns>(data, reuseRowObject: true).ToArray());
        var row = Assert.Single(_context.Data.CreateEnumerable<TwoColumns>(data, reuseRowObject: true, ignoreMissingColumns: true));
        Assert.Equal(5, row.Number);
        Assert.Throws<InvalidOperationException>(() => _context.Data.CreateEnumerable<WrongType>(data, reuseRowObject: true).ToArray());
    }

    private static List<Row> Rows()
        =>
        [
            new() { Number = 1, Text = "a", Flag = true, Key = 0, Three = [1, 2, 3], Many = [1], Words = ["x", "y"] },
            new() { Number = 2, Text = "", Key = 1, Three = [4, 5, 6], Many = [], Words = [] },
            new() { Number = 3, Text = "c", Key = 2, Three = [7, 8, 9], Many = [1, 2], Words = ["z"] },
        ];

    private sealed class Row
    {
        public float Number;

        [ColumnName("Named")]
        public string Text { get; set; } = "";

        public bool Flag { get; set; }

        [KeyType(3)]
        public uint Key { get; set; }

        [VectorType(3)]
        public float[] Three { get; set; } = [];

        public float[] Many { get; set; } = [];

        public string[] Words { get; set; } = [];

        [NoColumn]
        public object? Ignored { get; set; }
    }

    private sealed class BadRow
    {
        public Version? Other { get; set; }
    }

    private sealed class OneColumn
    {
        public float Number { get; set; }
    }

    private sealed class TwoColumns
    {
        public float Number { get; set; }

        public float Missing { get; set; }
    }

    private sealed class WrongType
    {
        public string Number { get; set; } = "";
    }
}
