namespace TorchOptimExt.Orleans;

/// <summary>Who speaks: the version of the messages, of the library, and what is searched.</summary>
[GenerateSerializer, Immutable]
[Alias("TorchOptimExt.Orleans.Hello")]
internal sealed record Hello([property: Id(0)] int Protocol, [property: Id(1)] string Library, [property: Id(2)] string Model);

/// <summary>Directions of one step that an evaluator is asked for, and what brings it there from the step before.</summary>
[GenerateSerializer, Immutable]
[Alias("TorchOptimExt.Orleans.Work")]
internal sealed record Work(
    [property: Id(0)] Hello Hello, [property: Id(1)] long Step, [property: Id(2)] int From, [property: Id(3)] int Count,
    [property: Id(4)] Rewards? Previous);

/// <summary>The objective of consecutive directions at both ends; NaN where it failed.</summary>
[GenerateSerializer, Immutable]
[Alias("TorchOptimExt.Orleans.Rewards")]
internal sealed record Rewards([property: Id(0)] double[] Plus, [property: Id(1)] double[] Minus)
{
    /// <summary>What the first evaluation that failed threw; null where none did.</summary>
    [Id(2)] public string? Failure { get; init; }
}

/// <summary>Model and optimizer as they are after so many steps.</summary>
[GenerateSerializer, Immutable]
[Alias("TorchOptimExt.Orleans.Snapshot")]
internal sealed record Snapshot(
    [property: Id(0)] Hello Hello, [property: Id(1)] long Step, [property: Id(2)] byte[] Module, [property: Id(3)] byte[] Optimizer);
