using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.Gpu;

/// <summary>An optimizer with its options, as ours and, where TorchSharp has it, as TorchSharp's.</summary>
internal sealed record GpuOptimizer(string Name, Func<IEnumerable<Parameter>, optim.Optimizer> Ours, Func<IEnumerable<Parameter>, optim.Optimizer>? TorchSharps = null)
{
    public static GpuOptimizer[] All { get; } =
    [
        new("SGD", p => optim.fused.SGD(p, 0.01, weight_decay: 0.01), p => optim.SGD(p, 0.01, weight_decay: 0.01)),
        new("SGD with momentum", p => optim.fused.SGD(p, 0.01, momentum: 0.9, dampening: 0.1), p => optim.SGD(p, 0.01, momentum: 0.9, dampening: 0.1)),
        new("SGD, nesterov", p => optim.fused.SGD(p, 0.01, momentum: 0.9, nesterov: true), p => optim.SGD(p, 0.01, momentum: 0.9, nesterov: true)),
        new("Adagrad", p => optim.fused.Adagrad(p), p => optim.Adagrad(p)),
        new("Adadelta", p => optim.fused.Adadelta(p, weight_decay: 0.01), p => optim.Adadelta(p, weight_decay: 0.01)),
        new("RMSProp", p => optim.fused.RMSProp(p), p => optim.RMSProp(p)),
        new("RMSProp with momentum", p => optim.fused.RMSProp(p, momentum: 0.5), p => optim.RMSProp(p, momentum: 0.5)),
        new("RMSProp, centered", p => optim.fused.RMSProp(p, eps: 1e-3, momentum: 0.5, centered: true), p => optim.RMSProp(p, eps: 1e-3, momentum: 0.5, centered: true)),
        new("Adam", p => optim.fused.Adam(p), p => optim.Adam(p)),
        new("Adam, AMSGrad", p => optim.fused.Adam(p, weight_decay: 0.01, amsgrad: true), p => optim.Adam(p, weight_decay: 0.01, amsgrad: true)),
        new("AdamW", p => optim.fused.AdamW(p, weight_decay: 0.1), p => optim.AdamW(p, weight_decay: 0.1)),
        new("Rprop", p => optim.fused.Rprop(p), p => optim.Rprop(p)),
        new("Adamax", p => optim.fused.Adamax(p), p => optim.Adamax(p)),
        new("ASGD", p => optim.fused.ASGD(p), p => optim.ASGD(p)),
        // TorchSharp's take other steps than PyTorch's.
        new("NAdam", p => optim.fused.NAdam(p)),
        new("RAdam", p => optim.fused.RAdam(p)),
        new("EwmaMomentum", p => optim.EwmaMomentum(p, 0.01, bias_correction: true)),
        new("RpropMinus", p => optim.RpropMinus(p)),
        new("RpropPlus", p => optim.RpropPlus(p)),
        new("IRpropPlus", p => optim.IRpropPlus(p)),
    ];
}
