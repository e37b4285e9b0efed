using TorchOptimExt;
using static CompareOptimizers.Registry.Batching;
using static CompareOptimizers.Registry.Reference;
using static TorchSharp.torch;

namespace CompareOptimizers.Registry;

/// <summary>All optimizers that can be compared. A new one needs a line here and nothing else.</summary>
internal static class Contenders
{
    public static readonly Contender[] All =
    [
        new("Adadelta", 1.0, (p, lr) => optim.fused.Adadelta(p, lr), Same((p, lr) => optim.Adadelta(p, lr))),
        new("Rprop", 1e-3, (p, lr) => optim.fused.Rprop(p, lr), Same((p, lr) => optim.Rprop(p, lr)), FullBatch),
        new("RpropMinus", 1e-3, (p, lr) => optim.RpropMinus(p, lr), Closest((p, lr) => optim.Rprop(p, lr)), FullBatch),
        new("RpropPlus", 1e-3, (p, lr) => optim.RpropPlus(p, lr), Closest((p, lr) => optim.Rprop(p, lr)), FullBatch),
        new("IRpropPlus", 1e-3, (p, lr) => optim.IRpropPlus(p, lr), Closest((p, lr) => optim.Rprop(p, lr)), FullBatch),
    ];

    public static string Names => string.Join(", ", All.Select(contender => contender.Name));

    /// <summary>The optimizers of these names, in this order; all of them where none is named.</summary>
    /// <exception cref="UserException">A name is unknown.</exception>
    public static Contender[] Choose(IReadOnlyCollection<string> names) =>
        names.Count == 0 ? All : [.. names.Distinct(StringComparer.OrdinalIgnoreCase).Select(Find)];

    private static Contender Find(string name) =>
        All.FirstOrDefault(contender => contender.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UserException($"There is no optimizer '{name}'; name some of {Names} with --optimizers.");
}
