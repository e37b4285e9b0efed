namespace TorchOptimExt.LineSearch;

/// <summary>Searches along the legs' present directions.</summary>
/// <param name="trials">Evaluates.</param>
/// <param name="origin">F where the step begins.</param>
/// <param name="candidate">The direction.</param>
/// <param name="least">The smallest step size that is worth a trial.</param>
internal delegate RaySearchResult RaySearch(Trials trials, double origin, Candidate candidate, double least);
