namespace TorchOptimExt.LineSearch;

/// <summary>How a search along a ray ended; what <see cref="ArmijoSearch.Search"/> returns.</summary>
/// <param name="Outcome">Why it ended: Accepted, NoDescent, MaxBacktracks, MinStep or NonFiniteLoss.</param>
/// <param name="Step">The accepted step size; 0 where there is none.</param>
/// <param name="Value">The value at the accepted step size; that at the origin where there is none.</param>
/// <param name="Trials">How many step sizes were evaluated.</param>
public readonly record struct RaySearchResult(LineSearchOutcome Outcome, double Step, double Value, int Trials);
