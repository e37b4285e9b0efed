namespace TorchOptimExt.Orleans;

/// <summary>Where a search stands.</summary>
[GenerateSerializer, Immutable]
[Alias("TorchOptimExt.Orleans.ElasticSearchReport")]
public sealed record ElasticSearchReport
{
    /// <summary>How many steps have updated the parameters.</summary>
    [Id(0)] public long Step { get; init; }

    /// <summary>The step at which the run ends.</summary>
    [Id(1)] public long Target { get; init; }

    /// <summary>Whether the search is on its way to <see cref="Target"/>.</summary>
    [Id(2)] public bool IsRunning { get; init; }

    /// <summary>How many evaluators there are now.</summary>
    [Id(3)] public int Evaluators { get; init; }

    /// <summary>The mean reward of the last step (the objective, negated where it is minimized); NaN before the first.</summary>
    [Id(4)] public double Mean { get; init; } = double.NaN;

    /// <summary>The largest reward of the last step; NaN before the first.</summary>
    [Id(5)] public double Max { get; init; } = double.NaN;

    /// <summary>How many directions the last step dropped.</summary>
    [Id(6)] public int Dropped { get; init; }

    /// <summary>How many directions were dropped since this coordinator was started.</summary>
    [Id(7)] public long DroppedInAll { get; init; }

    /// <summary>How many directions were given to another evaluator since this coordinator was started.</summary>
    [Id(8)] public long GivenToAnother { get; init; }

    /// <summary>The step at which this coordinator was started: 0, or that of its checkpoint.</summary>
    [Id(9)] public long StartedAt { get; init; }

    /// <summary>How long the last step took.</summary>
    [Id(10)] public TimeSpan Duration { get; init; }

    /// <summary>Why the run ended before its target, or what an evaluation of the last step threw; null where nothing went wrong.</summary>
    [Id(11)] public string? Failure { get; init; }
}
