namespace TorchOptimExt.RandomSearch;

/// <summary>What a step of <see cref="PolicySearch"/> did. An episode's reward is the sum of the rewards of its actions.</summary>
/// <param name="Search">What the step of <see cref="ARS"/> did, with the rewards of the perturbed policies' episodes.</param>
/// <param name="Episodes">How many episodes all steps have taken so far; those of evaluations do not count.</param>
/// <param name="Evaluation">The mean reward of the unperturbed policy, where it was evaluated after this step; otherwise null.</param>
/// <param name="Best">The best evaluation so far; null before the first one.</param>
public sealed record PolicySearchReport(ARSReport Search, long Episodes, double? Evaluation, double? Best);
