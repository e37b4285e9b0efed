using TorchOptimExt.Parameters;

namespace TorchOptimExt.FirstOrder;

/// <summary>The hyperparameters of a group of <see cref="RpropMinus"/>, <see cref="RpropPlus"/> or <see cref="IRpropPlus"/>; <c>LearningRate</c> is the first step size (≥ 0). What is null takes the optimizer's.</summary>
public sealed class RpropOptions : HyperparameterOptions
{
    private static readonly Hyperparameter[] Rows =
    [
        Hyperparameter.BetweenZeroAndOne("etaminus"), Hyperparameter.AboveOne("etaplus"),
        Hyperparameter.Positive("min_step"), Hyperparameter.Positive("max_step"), Hyperparameter.Switch("maximize"),
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<Hyperparameter> Table => Rows;

    /// <summary>η⁻, the factor of a step size whose gradient changed its sign; 0 &lt; η⁻ &lt; 1, null takes the optimizer's.</summary>
    public double? etaminus { get => this[0]; set => this[0] = value; }

    /// <summary>η⁺, the factor of a step size whose gradient kept its sign; η⁺ &gt; 1, null takes the optimizer's.</summary>
    public double? etaplus { get => this[1]; set => this[1] = value; }

    /// <summary>The smallest step size, in units of the parameter; 0 &lt; min_step ≤ max_step, null takes the optimizer's.</summary>
    public double? min_step { get => this[2]; set => this[2] = value; }

    /// <summary>The largest step size, in units of the parameter; ≥ min_step, null takes the optimizer's.</summary>
    public double? max_step { get => this[3]; set => this[3] = value; }

    /// <summary>Whether to maximize the objective instead of minimizing it; null takes the optimizer's.</summary>
    public bool? maximize { get => Switch(4); set => Switch(4, value); }

    /// <summary>Checks that min_step ≤ max_step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">min_step is greater than max_step.</exception>
    protected override void CheckTogether() => CheckAtMost(nameof(min_step), min_step, nameof(max_step), max_step);
}
