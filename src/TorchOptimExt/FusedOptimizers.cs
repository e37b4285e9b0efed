using TorchSharp.Modules;

namespace TorchOptimExt;

/// <summary>
/// The methods of <c>torch.optim.fused</c>: TorchSharp's optimizers by the same names and arguments, with a step that goes over memory
/// once.
/// </summary>
public sealed class FusedOptimizers
{
    private FusedOptimizers() { }

    /// <summary>The one instance, which <c>torch.optim.fused</c> returns.</summary>
    public static FusedOptimizers Instance { get; } = new();

    /// <summary>
    /// Creates an <see cref="Fused.SGD"/> optimizer (stochastic gradient descent), whose step goes over memory once: b ← μ b + (1 −
    /// dampening) g, θ ← θ − lr · b.
    /// </summary>
    /// <param name="learningRate">Learning rate, ≥ 0.</param>
    /// <inheritdoc cref="Fused.SGD(IEnumerable{Parameter}, double, double, double, double, bool, bool)"/>
    public Fused.SGD SGD(
        IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false) =>
        new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.SGD"/> optimizer (stochastic gradient descent), whose step goes over memory once: b ← μ b + (1 −
    /// dampening) g, θ ← θ − lr · b.
    /// </summary>
    /// <param name="learningRate">Learning rate, ≥ 0.</param>
    /// <inheritdoc cref="Fused.SGD(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, bool, bool)"/>
    public Fused.SGD SGD(
        IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, double momentum = 0, double dampening = 0,
        double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
        new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.SGD"/> optimizer (stochastic gradient descent), whose step goes over memory once: b ← μ b + (1 −
    /// dampening) g, θ ← θ − lr · b.
    /// </summary>
    /// <param name="learningRate">Learning rate, ≥ 0.</param>
    /// <inheritdoc cref="Fused.SGD(IEnumerable{TorchSharp.Modules.SGD.ParamGroup}, double, double, double, double, bool, bool)"/>
    public Fused.SGD SGD(
        IEnumerable<TorchSharp.Modules.SGD.ParamGroup> parameters, double learningRate, double momentum = 0, double dampening = 0,
        double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
        new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.Adagrad"/> optimizer, whose step goes over memory once: G ← G + g², θ ← θ − lr · g / (√G + ε).
    /// </summary>
    /// <inheritdoc cref="Fused.Adagrad(IEnumerable{Parameter}, double, double, double, double, double)"/>
    public Fused.Adagrad Adagrad(
        IEnumerable<Parameter> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0,
        double initial_accumulator_value = 0, double eps = 1e-10) =>
        new(parameters, lr, lr_decay, weight_decay, initial_accumulator_value, eps);

    /// <summary>
    /// Creates an <see cref="Fused.Adagrad"/> optimizer, whose step goes over memory once: G ← G + g², θ ← θ − lr · g / (√G + ε).
    /// </summary>
    /// <inheritdoc cref="Fused.Adagrad(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double)"/>
    public Fused.Adagrad Adagrad(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0,
        double initial_accumulator_value = 0, double eps = 1e-10) =>
        new(parameters, lr, lr_decay, weight_decay, initial_accumulator_value, eps);

    /// <summary>
    /// Creates an <see cref="Fused.Adagrad"/> optimizer, whose step goes over memory once: G ← G + g², θ ← θ − lr · g / (√G + ε).
    /// </summary>
    /// <inheritdoc cref="Fused.Adagrad(IEnumerable{TorchSharp.Modules.Adagrad.ParamGroup}, double, double, double, double, double)"/>
    public Fused.Adagrad Adagrad(
        IEnumerable<TorchSharp.Modules.Adagrad.ParamGroup> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0,
        double initial_accumulator_value = 0, double eps = 1e-10) =>
        new(parameters, lr, lr_decay, weight_decay, initial_accumulator_value, eps);

    /// <summary>
    /// Creates an <see cref="Fused.Adadelta"/> optimizer, whose step goes over memory once: θ ← θ − lr · √(u + ε) / √(s + ε) · g, with s
    /// and u the running averages of g² and of squared steps.
    /// </summary>
    /// <inheritdoc cref="Fused.Adadelta(IEnumerable{Parameter}, double, double, double, double, bool)"/>
    public Fused.Adadelta Adadelta(
        IEnumerable<Parameter> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0,
        bool maximize = false) =>
        new(parameters, lr, rho, eps, weight_decay, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.Adadelta"/> optimizer, whose step goes over memory once: θ ← θ − lr · √(u + ε) / √(s + ε) · g, with s
    /// and u the running averages of g² and of squared steps.
    /// </summary>
    /// <inheritdoc cref="Fused.Adadelta(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, bool)"/>
    public Fused.Adadelta Adadelta(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6,
        double weight_decay = 0, bool maximize = false) =>
        new(parameters, lr, rho, eps, weight_decay, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.Adadelta"/> optimizer, whose step goes over memory once: θ ← θ − lr · √(u + ε) / √(s + ε) · g, with s
    /// and u the running averages of g² and of squared steps.
    /// </summary>
    /// <inheritdoc cref="Fused.Adadelta(IEnumerable{TorchSharp.Modules.Adadelta.ParamGroup}, double, double, double, double, bool)"/>
    public Fused.Adadelta Adadelta(
        IEnumerable<TorchSharp.Modules.Adadelta.ParamGroup> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6,
        double weight_decay = 0, bool maximize = false) =>
        new(parameters, lr, rho, eps, weight_decay, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.RMSProp"/> optimizer, whose step goes over memory once: s ← α s + (1 − α) g², θ ← θ − lr · g / (√s + ε).
    /// As in TorchSharp, lr is 0.01 here unless given, and 0.001 in the constructor.
    /// </summary>
    /// <inheritdoc cref="Fused.RMSProp(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
    public Fused.RMSProp RMSProp(
        IEnumerable<Parameter> parameters, double lr = 1e-2, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0,
        double momentum = 0, bool centered = false, bool maximize = false) =>
        new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.RMSProp"/> optimizer, whose step goes over memory once: s ← α s + (1 − α) g², θ ← θ − lr · g / (√s + ε).
    /// As in TorchSharp, lr is 0.01 here unless given, and 0.001 in the constructor.
    /// </summary>
    /// <inheritdoc cref="Fused.RMSProp(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double, bool, bool)"/>
    public Fused.RMSProp RMSProp(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-2, double alpha = 0.99, double eps = 1e-8,
        double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
        new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.RMSProp"/> optimizer, whose step goes over memory once: s ← α s + (1 − α) g², θ ← θ − lr · g / (√s + ε).
    /// As in TorchSharp, lr is 0.01 here unless given, and 0.001 in the constructor.
    /// </summary>
    /// <inheritdoc
    /// cref="Fused.RMSProp(IEnumerable{TorchSharp.Modules.RMSProp.ParamGroup}, double, double, double, double, double, bool, bool)"/>
    public Fused.RMSProp RMSProp(
        IEnumerable<TorchSharp.Modules.RMSProp.ParamGroup> parameters, double lr = 1e-2, double alpha = 0.99, double eps = 1e-8,
        double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
        new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.Adam"/> optimizer, whose step goes over memory once: θ ← θ − lr · m / (√v + ε), with m and v the
    /// bias-corrected running averages of g and g².
    /// </summary>
    /// <inheritdoc cref="Fused.Adam(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
    public Fused.Adam Adam(
        IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.Adam"/> optimizer, whose step goes over memory once: θ ← θ − lr · m / (√v + ε), with m and v the
    /// bias-corrected running averages of g and g².
    /// </summary>
    /// <inheritdoc cref="Fused.Adam(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double, bool, bool)"/>
    public Fused.Adam Adam(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.Adam"/> optimizer, whose step goes over memory once: θ ← θ − lr · m / (√v + ε), with m and v the
    /// bias-corrected running averages of g and g².
    /// </summary>
    /// <inheritdoc cref="Fused.Adam(IEnumerable{TorchSharp.Modules.Adam.ParamGroup}, double, double, double, double, double, bool, bool)"/>
    public Fused.Adam Adam(
        IEnumerable<TorchSharp.Modules.Adam.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.AdamW"/> optimizer, whose step goes over memory once: θ ← (1 − lr · weight_decay) θ, then as
    /// <see cref="Fused.Adam"/> without weight decay.
    /// </summary>
    /// <inheritdoc cref="Fused.AdamW(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
    public Fused.AdamW AdamW(
        IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.AdamW"/> optimizer, whose step goes over memory once: θ ← (1 − lr · weight_decay) θ, then as
    /// <see cref="Fused.Adam"/> without weight decay.
    /// </summary>
    /// <inheritdoc cref="Fused.AdamW(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double, bool, bool)"/>
    public Fused.AdamW AdamW(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.AdamW"/> optimizer, whose step goes over memory once: θ ← (1 − lr · weight_decay) θ, then as
    /// <see cref="Fused.Adam"/> without weight decay.
    /// </summary>
    /// <inheritdoc
    /// cref="Fused.AdamW(IEnumerable{TorchSharp.Modules.AdamW.ParamGroup}, double, double, double, double, double, bool, bool)"/>
    public Fused.AdamW AdamW(
        IEnumerable<TorchSharp.Modules.AdamW.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.Rprop"/> optimizer (the variant iRprop⁻), whose step goes over memory once: θ ← θ − sign(g) · Δ, with
    /// step sizes Δ that grow while the sign stays; where it changed, Δ shrinks and g counts as 0.
    /// </summary>
    /// <inheritdoc cref="Fused.Rprop(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
    public Fused.Rprop Rprop(
        IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6,
        double max_step = 50, bool maximize = false) =>
        new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.Rprop"/> optimizer (the variant iRprop⁻), whose step goes over memory once: θ ← θ − sign(g) · Δ, with
    /// step sizes Δ that grow while the sign stays; where it changed, Δ shrinks and g counts as 0.
    /// </summary>
    /// <inheritdoc cref="Fused.Rprop(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double, bool)"/>
    public Fused.Rprop Rprop(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2,
        double min_step = 1e-6, double max_step = 50, bool maximize = false) =>
        new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.Rprop"/> optimizer (the variant iRprop⁻), whose step goes over memory once: θ ← θ − sign(g) · Δ, with
    /// step sizes Δ that grow while the sign stays; where it changed, Δ shrinks and g counts as 0.
    /// </summary>
    /// <inheritdoc cref="Fused.Rprop(IEnumerable{TorchSharp.Modules.Rprop.ParamGroup}, double, double, double, double, double, bool)"/>
    public Fused.Rprop Rprop(
        IEnumerable<TorchSharp.Modules.Rprop.ParamGroup> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2,
        double min_step = 1e-6, double max_step = 50, bool maximize = false) =>
        new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.Adamax"/> optimizer, whose step goes over memory once: θ ← θ − lr · m / u, with m the bias-corrected
    /// running average of g and u the decaying largest |g|.
    /// </summary>
    /// <inheritdoc cref="Fused.Adamax(IEnumerable{Parameter}, double, double, double, double, double)"/>
    public Fused.Adamax Adamax(
        IEnumerable<Parameter> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay);

    /// <summary>
    /// Creates an <see cref="Fused.Adamax"/> optimizer, whose step goes over memory once: θ ← θ − lr · m / u, with m the bias-corrected
    /// running average of g and u the decaying largest |g|.
    /// </summary>
    /// <inheritdoc cref="Fused.Adamax(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double)"/>
    public Fused.Adamax Adamax(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1e-8, double weight_decay = 0) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay);

    /// <summary>
    /// Creates an <see cref="Fused.Adamax"/> optimizer, whose step goes over memory once: θ ← θ − lr · m / u, with m the bias-corrected
    /// running average of g and u the decaying largest |g|.
    /// </summary>
    /// <inheritdoc cref="Fused.Adamax(IEnumerable{TorchSharp.Modules.Adamax.ParamGroup}, double, double, double, double, double)"/>
    public Fused.Adamax Adamax(
        IEnumerable<TorchSharp.Modules.Adamax.ParamGroup> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1e-8, double weight_decay = 0) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay);

    /// <summary>
    /// Creates an <see cref="Fused.NAdam"/> optimizer, whose step goes over memory once: Adam with Nesterov's momentum: a step along the
    /// gradient and along the momentum of the next step, both divided by √v + ε.
    /// </summary>
    /// <inheritdoc cref="Fused.NAdam(IEnumerable{Parameter}, double, double, double, double, double, double)"/>
    public Fused.NAdam NAdam(
        IEnumerable<Parameter> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, double momentum_decay = 4e-3) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay, momentum_decay);

    /// <summary>
    /// Creates an <see cref="Fused.NAdam"/> optimizer, whose step goes over memory once: Adam with Nesterov's momentum: a step along the
    /// gradient and along the momentum of the next step, both divided by √v + ε.
    /// </summary>
    /// <inheritdoc cref="Fused.NAdam(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double, double)"/>
    public Fused.NAdam NAdam(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay, momentum_decay);

    /// <summary>
    /// Creates an <see cref="Fused.NAdam"/> optimizer, whose step goes over memory once: Adam with Nesterov's momentum: a step along the
    /// gradient and along the momentum of the next step, both divided by √v + ε.
    /// </summary>
    /// <inheritdoc cref="Fused.NAdam(IEnumerable{TorchSharp.Modules.NAdam.ParamGroup}, double, double, double, double, double, double)"/>
    public Fused.NAdam NAdam(
        IEnumerable<TorchSharp.Modules.NAdam.ParamGroup> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay, momentum_decay);

    /// <summary>
    /// Creates an <see cref="Fused.RAdam"/> optimizer, whose step goes over memory once: Adam whose step is that of plain momentum as long
    /// as v rests on too few gradients.
    /// </summary>
    /// <inheritdoc cref="Fused.RAdam(IEnumerable{Parameter}, double, double, double, double, double)"/>
    public Fused.RAdam RAdam(
        IEnumerable<Parameter> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay);

    /// <summary>
    /// Creates an <see cref="Fused.RAdam"/> optimizer, whose step goes over memory once: Adam whose step is that of plain momentum as long
    /// as v rests on too few gradients.
    /// </summary>
    /// <inheritdoc cref="Fused.RAdam(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double)"/>
    public Fused.RAdam RAdam(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1e-8, double weight_decay = 0) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay);

    /// <summary>
    /// Creates an <see cref="Fused.RAdam"/> optimizer, whose step goes over memory once: Adam whose step is that of plain momentum as long
    /// as v rests on too few gradients.
    /// </summary>
    /// <inheritdoc cref="Fused.RAdam(IEnumerable{TorchSharp.Modules.RAdam.ParamGroup}, double, double, double, double, double)"/>
    public Fused.RAdam RAdam(
        IEnumerable<TorchSharp.Modules.RAdam.ParamGroup> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1e-8, double weight_decay = 0) =>
        new(parameters, lr, beta1, beta2, eps, weight_decay);

    /// <summary>
    /// Creates an <see cref="Fused.ASGD"/> optimizer, whose step goes over memory once: θ ← (1 − λ η) θ − η g with a decaying η, and the
    /// average of θ beside it. As in TorchSharp, lr is 0.001 here unless given, and 0.01 in the constructor.
    /// </summary>
    /// <inheritdoc cref="Fused.ASGD(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
    public Fused.ASGD ASGD(
        IEnumerable<Parameter> parameters, double lr = 1e-3, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6,
        double weight_decay = 0, bool maximize = false) =>
        new(parameters, lr, lambd, alpha, t0, weight_decay, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.ASGD"/> optimizer, whose step goes over memory once: θ ← (1 − λ η) θ − η g with a decaying η, and the
    /// average of θ beside it. As in TorchSharp, lr is 0.001 here unless given, and 0.01 in the constructor.
    /// </summary>
    /// <inheritdoc cref="Fused.ASGD(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double, bool)"/>
    public Fused.ASGD ASGD(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double lambd = 1e-4, double alpha = 0.75,
        double t0 = 1e6, double weight_decay = 0, bool maximize = false) =>
        new(parameters, lr, lambd, alpha, t0, weight_decay, maximize);

    /// <summary>
    /// Creates an <see cref="Fused.ASGD"/> optimizer, whose step goes over memory once: θ ← (1 − λ η) θ − η g with a decaying η, and the
    /// average of θ beside it. As in TorchSharp, lr is 0.001 here unless given, and 0.01 in the constructor.
    /// </summary>
    /// <inheritdoc
    /// cref="Fused.ASGD(IEnumerable{ParamGroup{TorchSharp.Modules.ASGD.Options}}, double, double, double, double, double, bool)"/>
    public Fused.ASGD ASGD(
        IEnumerable<ParamGroup<TorchSharp.Modules.ASGD.Options>> parameters, double lr = 1e-3, double lambd = 1e-4, double alpha = 0.75,
        double t0 = 1e6, double weight_decay = 0, bool maximize = false) =>
        new(parameters, lr, lambd, alpha, t0, weight_decay, maximize);
}
