using TorchSharp.Modules;

namespace TorchOptimExt;

/// <summary>What <c>torch.optim.fused</c> offers: TorchSharp's optimizers with a step in one pass over memory, by the same names and arguments.</summary>
public sealed class FusedOptimizers
{
    private FusedOptimizers() { }

    /// <summary>The value of <c>torch.optim.fused</c>.</summary>
    public static FusedOptimizers Instance { get; } = new();

    /// <summary>Adadelta in one pass over memory.</summary>
    /// <inheritdoc cref="Fused.Adadelta(IEnumerable{Parameter}, double, double, double, double, bool)"/>
    public Fused.Adadelta Adadelta(IEnumerable<Parameter> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false) => new(parameters, lr, rho, eps, weight_decay, maximize);

    /// <summary>Adadelta in one pass over memory.</summary>
    /// <inheritdoc cref="Fused.Adadelta(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, bool)"/>
    public Fused.Adadelta Adadelta(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false) => new(parameters, lr, rho, eps, weight_decay, maximize);

    /// <summary>Adadelta in one pass over memory.</summary>
    /// <inheritdoc cref="Fused.Adadelta(IEnumerable{TorchSharp.Modules.Adadelta.ParamGroup}, double, double, double, double, bool)"/>
    public Fused.Adadelta Adadelta(IEnumerable<TorchSharp.Modules.Adadelta.ParamGroup> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false) => new(parameters, lr, rho, eps, weight_decay, maximize);

    /// <summary>Rprop (iRprop⁻) in one pass over memory.</summary>
    /// <inheritdoc cref="Fused.Rprop(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
    public Fused.Rprop Rprop(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

    /// <summary>Rprop (iRprop⁻) in one pass over memory.</summary>
    /// <inheritdoc cref="Fused.Rprop(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double, bool)"/>
    public Fused.Rprop Rprop(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

    /// <summary>Rprop (iRprop⁻) in one pass over memory.</summary>
    /// <inheritdoc cref="Fused.Rprop(IEnumerable{TorchSharp.Modules.Rprop.ParamGroup}, double, double, double, double, double, bool)"/>
    public Fused.Rprop Rprop(IEnumerable<TorchSharp.Modules.Rprop.ParamGroup> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);
}
