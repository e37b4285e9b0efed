namespace TorchOptimExt.LineSearch;

/// <summary>How a search along a ray ended.</summary>
/// <param name="Outcome">Accepted, NoDescent, MaxBacktracks, MinStep or NonFiniteLoss.</param>
/// <param name="Step">The accepted step size; 0 where there is none.</param>
/// <param name="Value">The value there; that at the origin where no step size was accepted.</param>
/// <param name="Trials">How many step sizes were evaluated.</param>
public readonly record struct RaySearchResult(LineSearchOutcome Outcome, double Step, double Value, int Trials);
