namespace TorchOptimExt.Schedules;

/// <summary>What a decay knows of one parameter group.</summary>
/// <param name="Initial">The rate α₀ where the factor is 1.</param>
/// <param name="Floor">The decay's floor, or a lower rate that the group had: no decay raises a rate.</param>
/// <param name="Set">The rate that the decay set last; where the group has another one, someone else changed it.</param>
internal readonly record struct GroupCourse(double Initial, double Floor, double Set = double.NaN);
