using CompareOptimizers.Registry;

namespace CompareOptimizers.Training;

/// <summary>How an optimizer and its reference trained the same model.</summary>
internal sealed class Duel(Contender contender, Objective objective)
{
    public Contender Contender => contender;
    public Objective Objective => objective;
    public Course Ours { get; } = new();
    public Course? Reference { get; } = contender.Reference is null ? null : new();

    /// <summary>The largest difference between the two models' weights.</summary>
    public List<Sample> Difference { get; } = [];

    public double? FinalDifference => Difference.Count == 0 ? null : Difference[^1].Value;

    /// <summary>Why it ended early; null where it did not.</summary>
    public string? EndedEarly { get; set; }
}
