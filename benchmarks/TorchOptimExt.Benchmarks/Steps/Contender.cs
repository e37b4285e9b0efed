using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>An optimizer of ours with its rivals: a line each.</summary>
/// <param name="Name">How the table calls it.</param>
/// <param name="Streams">How many numbers an element's update must read or write: parameter 2, gradient 1, each state 2.</param>
/// <param name="Ours">Makes ours.</param>
/// <param name="Reference">Makes TorchSharp's, or the nearest that it has.</param>
/// <param name="IsFused">Whether it is TorchSharp's own class with a faster step, which falls back to TorchSharp's.</param>
/// <param name="Aten">Its fused kernel in ATen; null where there is none.</param>
internal sealed record Contender(string Name, int Streams, Contender.Make Ours, Contender.Make Reference, bool IsFused = false, string? Aten = null)
{
    internal delegate optim.Optimizer Make(IEnumerable<Parameter> parameters);

    public static Contender[] All { get; } =
    [
        new("Adadelta", 7, p => optim.fused.Adadelta(p), p => optim.Adadelta(p), IsFused: true),
        new("Rprop", 7, p => optim.fused.Rprop(p), p => optim.Rprop(p), IsFused: true),
        new("SGD", 5, p => optim.fused.SGD(p, 0.01, momentum: 0.9), p => optim.SGD(p, 0.01, momentum: 0.9), IsFused: true, "sgd"),
        new("Adagrad", 5, p => optim.fused.Adagrad(p), p => optim.Adagrad(p), IsFused: true, "adagrad"),
        new("RMSProp", 5, p => optim.fused.RMSProp(p), p => optim.RMSProp(p), IsFused: true),
        new("Adam", 7, p => optim.fused.Adam(p), p => optim.Adam(p), IsFused: true, "adam"),
        new("AdamW", 7, p => optim.fused.AdamW(p), p => optim.AdamW(p), IsFused: true, "adamw"),
        new("EwmaMomentum", 5, p => optim.EwmaMomentum(p, 0.01), p => optim.SGD(p, 0.01, momentum: 0.9)),
        new("RpropMinus", 7, p => optim.RpropMinus(p), p => optim.Rprop(p)),
        new("RpropPlus", 7, p => optim.RpropPlus(p), p => optim.Rprop(p)),
        new("IRpropPlus", 7, p => optim.IRpropPlus(p), p => optim.Rprop(p)),
    ];
}
