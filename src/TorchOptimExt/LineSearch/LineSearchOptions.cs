using TorchOptimExt.Parameters;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// The hyperparameters that groups of <see cref="ArmijoGD"/> and <see cref="ArmijoNewton"/> share: each has its own <c>LearningRate</c> (≥ 0)
/// and weight decay. What concerns the search is the same for all groups, and comes from the optimizer's arguments.
/// </summary>
public abstract class LineSearchOptions : HyperparameterOptions
{
    /// <summary>The rows of the table that both have, before those of their own.</summary>
    private protected static readonly Hyperparameter[] Shared =
    [
        Hyperparameter.NonNegative("weight_decay"), Hyperparameter.Switch("maximize"),
        ArmijoSearch.C, ArmijoSearch.Beta, ArmijoSearch.MaxBacktracks, ArmijoSearch.MinStep,
        Hyperparameter.NonNegative("tolerance_grad") with { IsOptional = true }, Hyperparameter.NonNegative("tolerance_change") with { IsOptional = true },
    ];

    private protected LineSearchOptions() { }

    /// <summary>Weight decay λ, ≥ 0: ½·λ‖θ‖² is added to what is minimized; null takes the optimizer's.</summary>
    public double? weight_decay { get => this[0]; set => this[0] = value; }

    internal bool? maximize { get => Switch(1); set => Switch(1, value); }

    internal double? c { get => this[2]; set => this[2] = value; }

    internal double? beta { get => this[3]; set => this[3] = value; }

    internal double? max_backtracks { get => this[4]; set => this[4] = value; }

    internal double? min_step { get => this[5]; set => this[5] = value; }

    internal double? tolerance_grad { get => this[6]; set => this[6] = value; }

    internal double? tolerance_change { get => this[7]; set => this[7] = value; }
}
