namespace TorchOptimExt.LineSearch;

/// <summary>What a scratch tensor of a parameter is for.</summary>
internal enum ScratchUse
{
    /// <summary>Where the parameter was before a step.</summary>
    Origin,

    /// <summary>Where it goes.</summary>
    Direction,
}
