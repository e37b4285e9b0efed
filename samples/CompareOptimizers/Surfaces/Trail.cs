using CompareOptimizers.Report;

namespace CompareOptimizers.Surfaces;

/// <summary>The way an optimizer takes over a surface.</summary>
/// <param name="Setting">The optimizer.</param>
/// <param name="Lr">Its learning rate.</param>
/// <param name="Points">The start and the place after each step.</param>
/// <param name="Gaps">How far the function is above its least value, at each point.</param>
internal sealed record Trail(Setting Setting, double Lr, IReadOnlyList<(double x, double y)> Points, IReadOnlyList<double> Gaps)
{
    /// <summary>How far above the least value it ends; rounding may put it a hair below.</summary>
    public double FinalGap => Math.Max(0, Gaps[^1]);

    /// <summary>Its settings and what they led to.</summary>
    public string Label => $"{Setting.Name}, lr {Numbers.LearningRate(Lr)}: {Numbers.Gap(FinalGap)}";

    /// <summary>Whether no point is outside of the part of the surface that is drawn.</summary>
    public bool StaysWithin(Surface surface) =>
        Points.All(point => point.x >= surface.X.min && point.x <= surface.X.max && point.y >= surface.Y.min && point.y <= surface.Y.max);

    /// <summary>After how many steps the gap is a thousandth of the first one; null where it never is.</summary>
    public int? StepsToThousandth => Enumerable.Range(0, Gaps.Count).Where(step => Gaps[step] <= 1e-3 * Gaps[0]).Select(step => (int?)step).FirstOrDefault();
}
