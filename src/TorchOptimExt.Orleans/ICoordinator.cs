namespace TorchOptimExt.Orleans;

/// <summary>The one that holds a search's parameters, asks the evaluators and updates. Its key is the name of the search.</summary>
[Alias("TorchOptimExt.Orleans.ICoordinator")]
internal interface ICoordinator : IGrainWithStringKey
{
    /// <summary>An evaluator says that it is there; it does so again and again.</summary>
    [Alias("Join")] Task Join(string evaluator, Hello hello);

    /// <summary>An evaluator takes its leave.</summary>
    [Alias("Leave")] Task Leave(string evaluator);

    /// <summary>Runs until the target.</summary>
    [Alias("Start")] Task Start(int protocol, long target);

    /// <summary>Ends the run after the present step.</summary>
    [Alias("Stop")] Task Stop(int protocol);

    /// <summary>Where the search stands, once it is beyond a step or has ended, at the latest after the patience.</summary>
    [Alias("Report")] Task<ElasticSearchReport> Report(int protocol, long beyond, TimeSpan patience);

    /// <summary>Model and optimizer between two steps.</summary>
    [Alias("Snapshot")] Task<Snapshot> Snapshot(int protocol);
}
