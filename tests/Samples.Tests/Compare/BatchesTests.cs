using CompareOptimizers.Training;

namespace Samples.Tests;

public class BatchesTests
{
    [Fact]
    public void Every_epoch_visits_each_example_once_in_another_order()
    {
        var batches = new Batches(10, 4, seed: 1);

        var (first, second) = (batches.NextEpoch().ToArray(), batches.NextEpoch().ToArray());

        Assert.Equal(3, batches.PerEpoch);
        Assert.Equal([4, 4, 2], first.Select(rows => rows.Length));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), first.SelectMany(rows => rows).Order());
        Assert.NotEqual(first.SelectMany(rows => rows), second.SelectMany(rows => rows));
    }

    [Fact]
    public void The_same_seed_gives_the_same_order() =>
        Assert.Equal(new Batches(100, 10, seed: 5).NextEpoch(), new Batches(100, 10, seed: 5).NextEpoch());

    [Fact]
    public void A_batch_of_everything_keeps_the_order() =>
        Assert.Equal([0L, 1, 2], Assert.Single(new Batches(3, 100, seed: 1).NextEpoch()));
}
