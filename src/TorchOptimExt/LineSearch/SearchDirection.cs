namespace TorchOptimExt.LineSearch;

/// <summary>What is known of a direction before the search along it; see <see cref="LineSearchStep"/>.</summary>
internal readonly record struct SearchDirection(DirectionKind Kind, double Slope, double Curvature = 0, double Shift = 0, int HessianProducts = 0);
