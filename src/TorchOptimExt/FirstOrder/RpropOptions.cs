using TorchOptimExt.Parameters;

namespace TorchOptimExt.FirstOrder;

/// <summary>The hyperparameters that groups of <see cref="RpropMinus"/>, <see cref="RpropPlus"/> and <see cref="IRpropPlus"/>
/// have.</summary>
public abstract class RpropOptions : HyperparameterOptions
{
    private protected RpropOptions() { }

    /// <summary>The first step size of every element, in units of the parameter, ≥ 0; clamped to [min_step, max_step] from the first step
    /// on.</summary>
    [Hyperparameter(Default = 0.01, AtLeast = 0)]
    public override double? lr { get => base.lr; set => base.lr = value; }

    /// <summary>η⁻, the factor where the gradient changed its sign; 0 &lt; η⁻ &lt; 1.</summary>
    [Hyperparameter(Default = 0.5, Above = 0, Below = 1)]
    public double? etaminus { get; set; }

    /// <summary>η⁺, the factor where it kept its sign; η⁺ &gt; 1.</summary>
    [Hyperparameter(Default = 1.2, Above = 1)]
    public double? etaplus { get; set; }

    /// <summary>The smallest step size, in units of the parameter; 0 &lt; min_step ≤ max_step.</summary>
    [Hyperparameter(Default = 1e-6, Above = 0)]
    public double? min_step { get; set; }

    /// <summary>The largest step size, in units of the parameter; ≥ min_step.</summary>
    [Hyperparameter(Default = 50, Above = 0)]
    public double? max_step { get; set; }

    /// <summary>Whether to maximize the objective instead of minimizing it.</summary>
    [Hyperparameter(Default = false)]
    public bool? maximize { get; set; }

    /// <summary>Checks that min_step ≤ max_step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">min_step is greater than max_step.</exception>
    protected override void CheckTogether() => CheckAtMost(nameof(min_step), min_step, nameof(max_step), max_step);
}
