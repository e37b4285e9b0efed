using TorchOptimExt.Parameters;

namespace TorchOptimExt.LineSearch;

/// <summary>The hyperparameters of a search by Armijo's rule, the same for all groups.</summary>
public abstract class ArmijoOptions : LineSearchOptions
{
    private protected ArmijoOptions() { }

    /// <summary>The fraction of the predicted decrease that must be reached; 0 &lt; c &lt; 1.</summary>
    [Hyperparameter(Default = 1e-4, Above = 0, Below = 1, Shared = true)]
    public double? c { get; set; }

    /// <summary>β, by which a refused α is multiplied; 0 &lt; β &lt; 1.</summary>
    [Hyperparameter(Default = 0.5, Above = 0, Below = 1, Shared = true)]
    public double? beta { get; set; }

    /// <summary>The most reductions of α in a step; ≥ 0.</summary>
    [Hyperparameter(Default = 30, AtLeast = 0, Shared = true)]
    public int? max_backtracks { get; set; }

    /// <summary>The smallest α that is tried; &gt; 0.</summary>
    [Hyperparameter(Default = 1e-12, Above = 0, Shared = true)]
    public double? min_step { get; set; }
}
