namespace TorchOptimExt.RandomSearch;

/// <summary>What a step of <see cref="ARS"/> did. A reward is the objective where it is maximized, its negative where it is
/// minimized.</summary>
/// <param name="Step">The number of the step, from 0.</param>
/// <param name="Evaluations">The number of evaluations of the objective: 2 · n_directions.</param>
/// <param name="Dropped">The number of directions that did not count because a reward was not finite or an evaluator threw.</param>
/// <param name="Mean">The mean of the rewards of the directions that count.</param>
/// <param name="StandardDeviation">The population standard deviation of the rewards of the directions that count.</param>
/// <param name="Min">The smallest reward of the directions that count.</param>
/// <param name="Max">The largest reward of the directions that count.</param>
/// <param name="Sigma">σ, the population standard deviation of the rewards of the directions that made the update; 0 where these are equal
/// and nothing moved.</param>
/// <param name="UpdateNorm">The Euclidean norm of the change of all parameters together.</param>
/// <param name="Failure">What an evaluator threw, at the first direction where one did; null where none did.</param>
public sealed record ARSReport(long Step, int Evaluations, int Dropped, double Mean, double StandardDeviation, double Min, double Max,
    double Sigma, double UpdateNorm, Exception? Failure = null);
