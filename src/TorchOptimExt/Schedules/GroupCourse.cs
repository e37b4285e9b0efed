namespace TorchOptimExt.Schedules;

/// <summary>What a decay knows of one parameter group.</summary>
/// <param name="Initial">The rate α₀ where the factor is 1.</param>
/// <param name="Limit">Where the course leads: the decay's floor, or a lower rate that the group had.</param>
/// <param name="Set">The rate that the decay set last; where the group has another one, someone else changed it.</param>
internal readonly record struct GroupCourse(double Initial, double Limit, double Set = double.NaN);
