namespace TorchOptimExt;

/// <summary>One evaluation of a random search: the objective at θ + sign · ν · δ(step, direction).</summary>
/// <param name="Step">The step, from 0: how many updates came before it.</param>
/// <param name="Direction">The direction within the step, from 0.</param>
/// <param name="Sign">+1 or −1.</param>
public readonly record struct Perturbation(long Step, int Direction, int Sign);
