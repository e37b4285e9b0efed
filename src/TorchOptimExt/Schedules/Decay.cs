using static TorchSharp.torch.optim;
using static TorchSharp.torch.optim.lr_scheduler;

namespace TorchOptimExt.Schedules;

/// <summary>TorchSharp's LambdaLR with a floor: each group's rate is its initial rate α₀ times a factor, at least min_lr. A group that starts below the floor has its start as its floor.</summary>
/// <param name="name">The decay's name, by which a checkpoint tells decays apart.</param>
/// <param name="optimizer">The optimizer.</param>
/// <param name="factor">What α₀ is multiplied by, from α₀ and t.</param>
/// <param name="min_lr">The floor.</param>
/// <param name="last_epoch">The t before the first one.</param>
/// <param name="verbose">Whether changes are printed.</param>
internal sealed class Decay(string name, Optimizer optimizer, Func<double, int, double> factor, double min_lr, int last_epoch, bool verbose)
    : impl.LambdaLR(optimizer, Factors(optimizer, factor), last_epoch, verbose)
{
    // TorchSharp's constructor makes the first step, so these must be set before it: by initializers.
    private readonly string name = name;
    private readonly double[] floors = [.. Rates(optimizer).Select(rate => Math.Min(min_lr, rate))];

    public override string ToString() => name;

    protected override IEnumerable<double> get_lr() => base.get_lr().Zip(floors, Math.Max);

    private static IEnumerable<double> Rates(Optimizer optimizer) => optimizer.ParamGroups.Select(group => group.InitialLearningRate);

    private static IEnumerable<Func<int, double>> Factors(Optimizer optimizer, Func<double, int, double> factor) =>
        Rates(optimizer).Select<double, Func<int, double>>(rate => t => factor(rate, t));
}
