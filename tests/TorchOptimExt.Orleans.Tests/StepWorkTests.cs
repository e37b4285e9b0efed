
namespace TorchOptimExt.Orleans.Tests;

public class StepWorkTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 3)]
    [InlineData(100, 7)]
    public void Ranges_cover_each_direction_once(int directions, int evaluators)
    {
        var work = new StepWork(directions);
        List<int> taken = [];
        while (work.HasWaiting)
        {
            var (from, count) = work.Take(evaluators);
            taken.AddRange(Enumerable.Range(from, count));
        }
        Assert.Equal(Enumerable.Range(0, directions), taken);
    }

    [Fact]
    public void Direction_that_was_tried_often_enough_is_dropped_and_the_step_ends()
    {
        var work = new StepWork(4);
        Assert.Equal((0, 2), work.Take(evaluators: 1));
        Assert.Equal(2, work.GiveBack(0, 2, mostAttempts: 2));
        Assert.Equal((2, 2), work.Take(evaluators: 1));
        work.Answer(2, new([3, 4], [-3, -4]));
        Assert.Equal((0, 1), work.Take(evaluators: 1));
        Assert.Equal(0, work.GiveBack(0, 1, mostAttempts: 2));
        Assert.Equal((1, 1), work.Take(evaluators: 1));
        Assert.False(work.Done.IsCompleted);
        work.Answer(1, new([2], [-2]));
        Assert.True(work.Done.IsCompleted);
        Assert.Equal([double.NaN, 2, 3, 4], work.Plus);
        Assert.Equal([double.NaN, -2, -3, -4], work.Minus);
    }
}
