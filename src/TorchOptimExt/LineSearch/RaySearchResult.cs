namespace TorchOptimExt.LineSearch;

/// <summary>How a search along a ray ended.</summary>
/// <param name="Outcome">Why it ended: Accepted, NoDescent, MaxBacktracks, MinStep or NonFiniteLoss.</param>
/// <param name="Step">The accepted step size; 0 where there is none.</param>
/// <param name="Value">The value at the accepted step size; that at the origin where there is none.</param>
/// <param name="Trials">How many step sizes were evaluated.</param>
/// <param name="Slopes">At how many of them the slope was asked for, too; 0 for a search that needs none.</param>
/// <param name="Smallest">The smallest step size that was evaluated; 0 where none was.</param>
public readonly record struct RaySearchResult(
    LineSearchOutcome Outcome, double Step, double Value, int Trials, int Slopes = 0, double Smallest = 0);
