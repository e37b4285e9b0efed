namespace CompareOptimizers.Plots;

/// <summary>A straight piece of a line, in the units of the axes.</summary>
internal readonly record struct Segment(double X1, double Y1, double X2, double Y2);
