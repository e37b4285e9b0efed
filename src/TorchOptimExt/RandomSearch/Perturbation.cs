namespace TorchOptimExt.RandomSearch;

/// <summary>Names one evaluation of <see cref="ARS"/>: the objective at θ + sign · ν · δ, where step and direction tell which δ.</summary>
/// <param name="Step">The number of the step, from 0.</param>
/// <param name="Direction">The direction within the step, from 0.</param>
/// <param name="Sign">+1 or −1.</param>
public readonly record struct Perturbation(long Step, int Direction, int Sign);
