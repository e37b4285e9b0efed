namespace TorchOptimExt.Orleans;

/// <summary>The directions of one step: which are waiting, which were answered or dropped.</summary>
internal sealed class StepWork
{
    private readonly Queue<int> waiting;
    private readonly int[] attempts;
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int open;

    internal StepWork(int directions)
    {
        (waiting, attempts, open) = (new(Enumerable.Range(0, directions)), new int[directions], directions);
        (Plus, Minus) = (new double[directions], new double[directions]);
        Plus.AsSpan().Fill(double.NaN);
        Minus.AsSpan().Fill(double.NaN);
    }

    internal double[] Plus { get; }

    internal double[] Minus { get; }

    internal string? Failure { get; private set; }

    internal Task Done => done.Task;

    internal bool HasWaiting => waiting.Count > 0;

    /// <summary>
    /// Takes a range of waiting directions: long ones first, so that few messages go, short ones at the end, so that all end together.
    /// </summary>
    internal (int from, int count) Take(int evaluators)
    {
        var most = Math.Max(1, waiting.Count / (2 * Math.Max(1, evaluators)));
        var from = waiting.Dequeue();
        var count = 1;
        for (; count < most && waiting.TryPeek(out var next) && next == from + count; count++) waiting.Dequeue();
        return (from, count);
    }

    internal void Answer(int from, Rewards rewards)
    {
        rewards.Plus.CopyTo(Plus, from);
        rewards.Minus.CopyTo(Minus, from);
        Failure ??= rewards.Failure;
        Close(rewards.Plus.Length);
    }

    /// <summary>
    /// Puts directions that were not answered back, or drops those that were tried often enough; returns how many go to another.
    /// </summary>
    internal int GiveBack(int from, int count, int mostAttempts)
    {
        var back = 0;
        for (var k = from; k < from + count; k++)
        {
            if (++attempts[k] >= mostAttempts)
            {
                Close(1);
                continue;
            }
            waiting.Enqueue(k);
            back++;
        }
        return back;
    }

    private void Close(int count)
    {
        open -= count;
        if (open == 0) done.TrySetResult();
    }
}
