namespace TorchOptimExt;

/// <summary>What a step of <see cref="ARS"/> did. A reward is the objective where it is maximized, its negative where it is minimized.</summary>
/// <param name="Step">Which step, from 0.</param>
/// <param name="Evaluations">How often the objective was evaluated: 2 · n_directions.</param>
/// <param name="Dropped">How many directions did not count because a reward was not finite or an evaluator failed.</param>
/// <param name="Mean">The mean of the rewards that count.</param>
/// <param name="StandardDeviation">Their population standard deviation.</param>
/// <param name="Min">The least of them.</param>
/// <param name="Max">The greatest of them.</param>
/// <param name="Sigma">σ, the population standard deviation of the rewards of the best directions.</param>
/// <param name="UpdateNorm">The Euclidean norm of the change of all parameters.</param>
/// <param name="Failure">The exception of the first evaluation, by direction, that failed; null where none did.</param>
public sealed record ARSReport(long Step, int Evaluations, int Dropped, double Mean, double StandardDeviation, double Min, double Max, double Sigma, double UpdateNorm, Exception? Failure = null);
