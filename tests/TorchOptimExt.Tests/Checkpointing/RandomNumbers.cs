namespace TorchOptimExt.Tests.Checkpointing;

/// <summary>Tests that use the one default generator run one after the other.</summary>
[CollectionDefinition(nameof(RandomNumbers), DisableParallelization = true)]
public class RandomNumbers;
