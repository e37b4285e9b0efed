namespace TorchOptimExt.Orleans;

/// <summary>How a silo takes part in an elastic search.</summary>
public sealed class ElasticSearchOptions
{
    /// <summary>
    /// Makes model, optimizer and objective, the same in every silo. It is called once for the coordinator and once for each evaluator.
    /// Required.
    /// </summary>
    public Func<SearchTask>? Create { get; set; }

    /// <summary>How many evaluations this silo runs at once; ≥ 0, where 0 is a silo that only coordinates. 1 unless set.</summary>
    public int Evaluators { get; set; } = 1;

    /// <summary>
    /// Where the coordinator keeps its state: a path that every silo which may become the coordinator's host sees. A coordinator
    /// that is started anew goes on from there. Null keeps nothing: a coordinator that dies begins anew.
    /// </summary>
    public string? Checkpoint { get; set; }

    /// <summary>The least time between two checkpoints; ≥ 0, 5 seconds unless set. The last step of a run is always kept.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After this time without an answer an evaluator is taken for dead and its directions are given to others; &gt; 0, 25 seconds unless
    /// set.
    /// </summary>
    /// <remarks>
    /// It must be longer than the directions take that an evaluator gets at once, at most half of its share of a step. Orleans ends a call
    /// after a response timeout of its own, 30 seconds unless configured.
    /// </remarks>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>A direction that so many evaluators took and did not answer is dropped from its step; ≥ 1, 3 unless set.</summary>
    public int Attempts { get; set; } = 3;

    internal void Check(string name)
    {
        if (Create is null)
            throw new ArgumentException($"The search '{name}' has no Create: say how its model, optimizer and objective are made.");
        if (Evaluators < 0) throw Outside(nameof(Evaluators), Evaluators, "0 or more");
        if (CheckpointInterval < TimeSpan.Zero) throw Outside(nameof(CheckpointInterval), CheckpointInterval, "0 or more");
        if (AnswerTimeout <= TimeSpan.Zero) throw Outside(nameof(AnswerTimeout), AnswerTimeout, "more than 0");
        if (Attempts < 1) throw Outside(nameof(Attempts), Attempts, "1 or more");
        if (Checkpoint is { } path && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw new ArgumentException($"The search '{name}' cannot keep its state in '{path}': its folder does not exist.");

        ArgumentOutOfRangeException Outside(string property, object value, string range) =>
            new(property, value, $"{property} of the search '{name}' is {value}; it must be {range}.");
    }
}
