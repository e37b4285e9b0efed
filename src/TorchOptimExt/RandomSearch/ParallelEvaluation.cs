namespace TorchOptimExt.RandomSearch;

/// <summary>A step's evaluations, shared between evaluators: whichever is free takes the next.</summary>
internal sealed class ParallelEvaluation(
    long step, int directions, IReadOnlyList<IPerturbationEvaluator> evaluators, CancellationToken cancellation)
{
    private readonly Exception?[] failures = new Exception?[2 * directions];
    private int next;

    /// <summary>The objective of each direction, NaN where it failed.</summary>
    public double[] Plus { get; } = new double[directions];

    /// <inheritdoc cref="Plus"/>
    public double[] Minus { get; } = new double[directions];

    /// <summary>Of the evaluations that failed the first in order.</summary>
    public Exception? Failure => failures.FirstOrDefault(failure => failure is not null);

    /// <summary>Evaluates on a thread each, of which one is this: evaluators that wait for other processes would fill the thread
    /// pool.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Run()
    {
        List<Thread> others = [.. evaluators.Skip(1)
            .Select(evaluator => new Thread(() => EvaluateRemaining(evaluator)) { IsBackground = true })];
        others.ForEach(thread => thread.Start());
        EvaluateRemaining(evaluators[0]);
        others.ForEach(thread => thread.Join());
        cancellation.ThrowIfCancellationRequested();
    }

    private void EvaluateRemaining(IPerturbationEvaluator evaluator)
    {
        for (var k = Interlocked.Increment(ref next) - 1; k < failures.Length && !cancellation.IsCancellationRequested;
            k = Interlocked.Increment(ref next) - 1)
        {
            var (direction, positive) = (k / 2, k % 2 == 0);
            (positive ? Plus : Minus)[direction] = Evaluate(evaluator, k, new(step, direction, positive ? 1 : -1));
        }
    }

    // Whatever one evaluation throws costs its direction only.
    private double Evaluate(IPerturbationEvaluator evaluator, int k, Perturbation perturbation)
    {
        try
        {
            return evaluator.Evaluate(perturbation, cancellation);
        }
        catch (Exception e)
        {
            failures[k] = e;
            return double.NaN;
        }
    }
}
