using TorchOptimExt.Parameters;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// The hyperparameters that the optimizers with a line search share: groups have a learning rate and a weight decay of their own; what
/// concerns the search is the same for all groups.
/// </summary>
public abstract class LineSearchOptions : HyperparameterOptions
{
    private protected LineSearchOptions() { }

    /// <summary>Weight decay λ, ≥ 0: ½·λ‖θ‖² is added to what is minimized.</summary>
    [Hyperparameter(Default = 0, AtLeast = 0, Last = true)]
    public double? weight_decay { get; set; }

    /// <summary>Whether to maximize the objective instead of minimizing it.</summary>
    [Hyperparameter(Default = false, Shared = true, Last = true)]
    public bool? maximize { get; set; }

    /// <summary>max|g| up to which a step reports convergence and moves nothing; ≥ 0. Null takes 1e-8 where all parameters are float64,
    /// else 1e-5.</summary>
    [Hyperparameter(AtLeast = 0, Optional = true, Shared = true, Last = true)]
    public double? tolerance_grad { get; set; }

    /// <summary>The change of F, in units of |F|, up to which an accepted step counts as quiet; ≥ 0. Null takes four machine epsilons of
    /// the coarsest dtype among the parameters.</summary>
    [Hyperparameter(AtLeast = 0, Optional = true, Shared = true, Last = true)]
    public double? tolerance_change { get; set; }

    /// <summary>After how many quiet steps in a row a step reports convergence, none of them far shorter than its first trial; ≥
    /// 1.</summary>
    [Hyperparameter(Default = 3, AtLeast = 1, Shared = true, Last = true)]
    public int? patience { get; set; }
}
