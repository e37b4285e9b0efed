using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests;

public class DataOperationsTests
{
    private readonly MLContext _context = new(seed: 5);

    [Fact]
    public void Skip_and_take_cut_rows_and_know_the_count()
    {
        var data = Load(10);
        Assert.Equal([0, 1, 2], Numbers(_context.Data.TakeRows(data, 3)));
        Assert.Equal([8, 9], Numbers(_context.Data.SkipRows(data, 8)));
        Assert.Equal(3, _context.Data.TakeRows(data, 3).GetRowCount());
        Assert.Equal(2, _context.Data.SkipRows(data, 8).GetRowCount());
        Assert.Equal(4, Numbers(_context.Data.TakeRows(_context.Data.SkipRows(data, 2), 4)).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.TakeRows(data, 0));
    }

    [Fact]
    public void Filters_keep_the_lower_bound_and_drop_the_upper()
    {
        var data = Load(10);
        Assert.Equal([3, 4, 5], Numbers(_context.Data.FilterRowsByColumn(data, "Number", 3, 6)));
        Assert.Equal([7, 8, 9], Numbers(_context.Data.FilterRowsByColumn(data, "Number", lowerBound: 7)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.FilterRowsByColumn(data, "Group", 3, 6));
        var filtered = _context.Data.FilterRowsByColumn(data, "Number", 3, 6);
        Assert.Null(filtered.GetRowCount());
        using var cursor = filtered.GetRowCursor([]);
        Assert.True(cursor.MoveNext());
        Assert.Equal(0, cursor.Position);
    }

    [Fact]
    public void Rows_with_missing_values_go()
    {
        var rows = Rows(4);
        rows[1].Number = float.NaN;
        rows[2].Vector = [1, float.NaN];
        var data = _context.Data.LoadFromEnumerable(rows);
        Assert.Equal([0, 3], Numbers(_context.Data.FilterRowsByMissingValues(data, "Number", "Vector")));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.FilterRowsByMissingValues(data, "Group"));
        Assert.Contains("Column 'Group' has type String which does not support missing values", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shuffling_permutes_whole_rows_by_seed()
    {
        var data = Load(100);
        var shuffled = _context.Data.ShuffleRows(data, seed: 4);
        var numbers = Numbers(shuffled);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (float)i), numbers.Order());
        Assert.NotEqual(Numbers(data), numbers);
        Assert.Equal(numbers, Numbers(_context.Data.ShuffleRows(data, seed: 4)));
        Assert.NotEqual(numbers, Numbers(_context.Data.ShuffleRows(data, seed: 5)));
        Assert.Equal(numbers, shuffled.GetColumn<float[]>("Vector").Select(v => v[0]));
        Assert.Equal(100, shuffled.GetRowCount());
    }

    [Fact]
    public void A_small_pool_still_gives_every_row_once()
    {
        var numbers = Numbers(_context.Data.ShuffleRows(Load(50), seed: 1, shufflePoolSize: 3, shuffleSource: false));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (float)i), numbers.Order());
        Assert.All(numbers.Take(10), n => Assert.True(n < 13));
    }

    [Fact]
    public void Cache_reads_the_source_once_for_each_column()
    {
        var reads = 0;
        var data = _context.Data.Cache(_context.Data.LoadFromEnumerable(Counted()), "Number");
        for (var i = 0; i < 3; i++)
            Assert.Equal([0, 1, 2, 3], Numbers(data));
        Assert.Equal(4, reads);
        Assert.Equal(4, data.GetRowCount());
        Assert.True(data.CanShuffle);
        Assert.Equal(4, data.GetColumn<float[]>("Vector").Count());
        Assert.Equal(8, reads);

        IEnumerable<Row> Counted()
        {
            foreach (var row in Rows(4))
            {
                reads++;
                yield return row;
            }
        }
    }

    [Fact]
    public void Cached_rows_come_in_a_random_order_if_asked()
    {
        var data = _context.Data.Cache(Load(50));
        using var cursor = data.GetRowCursor([data.Schema["Number"]], new Random(1));
        var getter = cursor.GetGetter<float>(data.Schema["Number"]);
        var seen = new List<float>();
        while (cursor.MoveNext())
        {
            var value = 0f;
            getter(ref value);
            seen.Add(value);
        }
        Assert.Equal(Numbers(data), seen.Order());
        Assert.NotEqual(Numbers(data), seen);
    }

    [Fact]
    public void Train_and_test_share_no_row()
    {
        var data = Load(1000);
        var split = _context.Data.TrainTestSplit(data, testFraction: 0.2, seed: 2);
        var train = Numbers(split.TrainSet);
        var test = Numbers(split.TestSet);
        Assert.Equal(1000, train.Union(test).Count());
        Assert.Empty(train.Intersect(test));
        Assert.InRange(test.Length, 150, 250);
        Assert.Equal(train, train.Order());
        Assert.Equal(test, Numbers(_context.Data.TrainTestSplit(data, testFraction: 0.2, seed: 2).TestSet));
        Assert.Equal(data.Schema.Select(c => c.Name), split.TrainSet.Schema.Select(c => c.Name));
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.TrainTestSplit(data, testFraction: 1));
    }

    [Fact]
    public void Rows_of_one_sampling_key_stay_together()
    {
        var split = _context.Data.TrainTestSplit(Load(300), testFraction: 0.3, samplingKeyColumnName: "Group");
        var train = split.TrainSet.GetColumn<string>("Group").Distinct();
        var test = split.TestSet.GetColumn<string>("Group").Distinct();
        Assert.Empty(train.Intersect(test));
        Assert.Equal(30, train.Union(test).Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.TrainTestSplit(Load(3), samplingKeyColumnName: "Nowhere"));
    }

    [Fact]
    public void Folds_test_every_row_once()
    {
        var folds = _context.Data.CrossValidationSplit(Load(200), numberOfFolds: 4);
        Assert.Equal(4, folds.Count);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (float)i), folds.SelectMany(f => Numbers(f.TestSet)).Order());
        Assert.All(folds, f => Assert.Equal(200, Numbers(f.TestSet).Union(Numbers(f.TrainSet)).Count()));
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.CrossValidationSplit(Load(3), numberOfFolds: 1));
    }

    private IDataView Load(int count) => _context.Data.LoadFromEnumerable(Rows(count));

    private static float[] Numbers(IDataView data) => [.. data.GetColumn<float>("Number")];

    private static List<Row> Rows(int count)
        => [.. Enumerable.Range(0, count).Select(i => new Row { Number = i, Vector = [i, -i], Group = $"group {i % 30}" })];

    private sealed class Row
    {
        public float Number { get; set; }

        [VectorType(2)]
        public float[] Vector { get; set; } = [];

        public string Group { get; set; } = "";
    }
}
