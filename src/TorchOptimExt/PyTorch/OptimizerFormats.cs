using TorchOptimExt.Parameters;
using TorchSharp.Modules;

namespace TorchOptimExt.PyTorch;

/// <summary>PyTorch's names for the options and states of the optimizers that TorchSharp and PyTorch both have, in the order of PyTorch
/// 2.</summary>
internal static class OptimizerFormats
{
    private const string NoMaximize = "minimize the negative loss instead",
        NoDecoupling = "add the weight decay by hand",
        OtherDecay = "Adam and AdamW differ in it, take the other class";

    /// <summary>The options of all of them.</summary>
    public static IReadOnlyList<string> OptionNames => field ??= [.. ((OptimizerFormat[])
    [
        SgdFormat, AdagradFormat, AdadeltaFormat, RmsPropFormat, AdamFormat, AdamWFormat, RpropFormat, AdamaxFormat, NAdamFormat,
        RAdamFormat, AsgdFormat,
    ]).SelectMany(format => format.OptionNames).Distinct()];

    /// <exception cref="ArgumentException">PyTorch has no such optimizer.</exception>
    public static OptimizerFormat Of(OptimizerHelper optimizer) => optimizer switch
    {
        OptimizerBase => new OwnFormat(),
        SGD => SgdFormat,
        Adagrad => AdagradFormat,
        Adadelta => AdadeltaFormat,
        RMSProp => RmsPropFormat,
        Adam => AdamFormat,
        AdamW => AdamWFormat,
        Rprop => RpropFormat,
        Adamax => AdamaxFormat,
        NAdam => NAdamFormat,
        RAdam => RAdamFormat,
        ASGD => AsgdFormat,
        _ => throw new ArgumentException(
            $"{optimizer.GetType().Name} has no form in PyTorch's files: TorchSharp's first-order optimizers and this library's have. " +
                "Save the model alone, or all of it with Checkpoint.", nameof(optimizer)),
    };

    private static OptimizerFormat SgdFormat { get; } = new OptimizerFormat<SGD.Options, SGD.State>
    {
        Options =
        [
            OptionFormat<SGD.Options>.Number("momentum", o => o.momentum, (o, v) => o.momentum = v),
            OptionFormat<SGD.Options>.Number("dampening", o => o.dampening, (o, v) => o.dampening = v),
            OptionFormat<SGD.Options>.Number("weight_decay", o => o.weight_decay, (o, v) => o.weight_decay = v),
            OptionFormat<SGD.Options>.Flag("nesterov", o => o.nesterov, (o, v) => o.nesterov = v),
            OptionFormat<SGD.Options>.Flag("maximize", o => o.maximize, (o, v) => o.maximize = v),
            .. How<SGD.Options>("foreach", "differentiable", "fused"),
        ],
        Tensors = [new("momentum_buffer", s => s.momentum_buffer, (s, t) => s.momentum_buffer = t, null)],
        NewState = p => new(p),
    };

    private static OptimizerFormat AdagradFormat { get; } = new OptimizerFormat<Adagrad.Options, Adagrad.State>
    {
        Options =
        [
            OptionFormat<Adagrad.Options>.Number("lr_decay", o => o.lr_decay, (o, v) => o.lr_decay = v),
            OptionFormat<Adagrad.Options>.Number("eps", o => o.eps, (o, v) => o.eps = v),
            OptionFormat<Adagrad.Options>.Number("weight_decay", o => o.weight_decay, (o, v) => o.weight_decay = v),
            OptionFormat<Adagrad.Options>.Number("initial_accumulator_value", o => o.initial_accumulator_value,
                (o, v) => o.initial_accumulator_value = v),
            OptionFormat<Adagrad.Options>.Only("maximize", false, NoMaximize),
            .. How<Adagrad.Options>("foreach", "differentiable", "fused"),
        ],
        Tensors = [new("sum", s => s.sum, (s, t) => s.sum = t, _ => true)],
        NewState = p => new(p),
        Step = (s => s.step, (s, n) => s.step = n),
        StateFromStart = true,
    };

    private static OptimizerFormat AdadeltaFormat { get; } = new OptimizerFormat<Adadelta.Options, Adadelta.State>
    {
        Options =
        [
            OptionFormat<Adadelta.Options>.Number("rho", o => o.rho, (o, v) => o.rho = v),
            OptionFormat<Adadelta.Options>.Number("eps", o => o.eps, (o, v) => o.eps = v),
            OptionFormat<Adadelta.Options>.Number("weight_decay", o => o.weight_decay, (o, v) => o.weight_decay = v),
            OptionFormat<Adadelta.Options>.Flag("maximize", o => o.maximize, (o, v) => o.maximize = v),
            .. How<Adadelta.Options>("foreach", "capturable", "differentiable"),
        ],
        Tensors =
        [
            new("square_avg", s => s.square_avg, (s, t) => s.square_avg = t, _ => true),
            new("acc_delta", s => s.acc_delta, (s, t) => s.acc_delta = t, _ => true),
        ],
        NewState = p => new(p),
        Step = (s => s.step, (s, n) => s.step = n),
        StateFromStart = true,      // TorchSharp's does not count its steps
    };

    private static OptimizerFormat RmsPropFormat { get; } = new OptimizerFormat<RMSProp.Options, RMSProp.State>
    {
        Options =
        [
            OptionFormat<RMSProp.Options>.Number("momentum", o => o.momentum, (o, v) => o.momentum = v),
            OptionFormat<RMSProp.Options>.Number("alpha", o => o.alpha, (o, v) => o.alpha = v),
            OptionFormat<RMSProp.Options>.Number("eps", o => o.eps, (o, v) => o.eps = v),
            OptionFormat<RMSProp.Options>.Flag("centered", o => o.centered, (o, v) => o.centered = v),
            OptionFormat<RMSProp.Options>.Number("weight_decay", o => o.weight_decay, (o, v) => o.weight_decay = v),
            OptionFormat<RMSProp.Options>.Flag("maximize", o => o.maximize, (o, v) => o.maximize = v),
            .. How<RMSProp.Options>("foreach", "capturable", "differentiable"),
        ],
        Tensors =
        [
            new("square_avg", s => s.square_avg, (s, t) => s.square_avg = t, _ => true),
            new("momentum_buffer", s => s.momentum_buffer, (s, t) => s.momentum_buffer = t, o => o.momentum > 0),
            new("grad_avg", s => s.grad_avg, (s, t) => s.grad_avg = t, o => o.centered == true),
        ],
        NewState = p => new(p),
        Step = (s => s.step, (s, n) => s.step = n),
    };

    private static OptimizerFormat AdamFormat { get; } = new OptimizerFormat<Adam.Options, Adam.State>
    {
        Options =
        [
            OptionFormat<Adam.Options>.Pair("betas", o => (o.beta1, o.beta2), (o, first, second) => (o.beta1, o.beta2) = (first, second)),
            OptionFormat<Adam.Options>.Number("eps", o => o.eps, (o, v) => o.eps = v),
            OptionFormat<Adam.Options>.Number("weight_decay", o => o.weight_decay, (o, v) => o.weight_decay = v),
            OptionFormat<Adam.Options>.Flag("amsgrad", o => o.amsgrad, (o, v) => o.amsgrad = v, always: true),
            OptionFormat<Adam.Options>.Flag("maximize", o => o.maximize, (o, v) => o.maximize = v),
            .. How<Adam.Options>("foreach", "capturable", "differentiable", "fused"),
            OptionFormat<Adam.Options>.Only("decoupled_weight_decay", false, OtherDecay),
        ],
        Tensors =
        [
            new("exp_avg", s => s.exp_avg, (s, t) => s.exp_avg = t, _ => true),
            new("exp_avg_sq", s => s.exp_avg_sq, (s, t) => s.exp_avg_sq = t, _ => true),
            new("max_exp_avg_sq", s => s.max_exp_avg_sq, (s, t) => s.max_exp_avg_sq = t, o => o.amsgrad == true),
        ],
        NewState = p => new(p),
        Step = (s => s.step, (s, n) => s.step = n),
    };

    private static OptimizerFormat AdamWFormat { get; } = new OptimizerFormat<AdamW.Options, AdamW.State>
    {
        Options =
        [
            OptionFormat<AdamW.Options>.Pair("betas", o => (o.beta1, o.beta2), (o, first, second) => (o.beta1, o.beta2) = (first, second)),
            OptionFormat<AdamW.Options>.Number("eps", o => o.eps, (o, v) => o.eps = v),
            OptionFormat<AdamW.Options>.Number("weight_decay", o => o.weight_decay, (o, v) => o.weight_decay = v),
            OptionFormat<AdamW.Options>.Flag("amsgrad", o => o.amsgrad, (o, v) => o.amsgrad = v, always: true),
            OptionFormat<AdamW.Options>.Flag("maximize", o => o.maximize, (o, v) => o.maximize = v),
            .. How<AdamW.Options>("foreach", "capturable", "differentiable", "fused"),
            OptionFormat<AdamW.Options>.Only("decoupled_weight_decay", true, OtherDecay),
        ],
        Tensors =
        [
            new("exp_avg", s => s.exp_avg, (s, t) => s.exp_avg = t, _ => true),
            new("exp_avg_sq", s => s.exp_avg_sq, (s, t) => s.exp_avg_sq = t, _ => true),
            new("max_exp_avg_sq", s => s.max_exp_avg_sq, (s, t) => s.max_exp_avg_sq = t, o => o.amsgrad == true),
        ],
        NewState = p => new(p),
        Step = (s => s.step, (s, n) => s.step = n),
    };

    private static OptimizerFormat RpropFormat { get; } = new OptimizerFormat<Rprop.Options, Rprop.State>
    {
        Options =
        [
            OptionFormat<Rprop.Options>.Pair("etas", o => (o.etaminus, o.etaplus),
                (o, minus, plus) => (o.etaminus, o.etaplus) = (minus, plus)),
            OptionFormat<Rprop.Options>.Pair("step_sizes", o => (o.min_step, o.max_step),
                (o, min, max) => (o.min_step, o.max_step) = (min, max)),
            OptionFormat<Rprop.Options>.Flag("maximize", o => o.maximize, (o, v) => o.maximize = v),
            .. How<Rprop.Options>("foreach", "capturable", "differentiable"),
        ],
        Tensors =
        [
            new("prev", s => s.prev, (s, t) => s.prev = t, _ => true),
            new("step_size", s => s.step_size, (s, t) => s.step_size = t, _ => true),
        ],
        NewState = p => new(p),
        Step = (s => s.step, (s, n) => s.step = n),
    };

    private static OptimizerFormat AdamaxFormat { get; } = new OptimizerFormat<Adamax.Options, Adamax.State>
    {
        Options =
        [
            OptionFormat<Adamax.Options>.Pair("betas", o => (o.beta1, o.beta2), (o, first, second) => (o.beta1, o.beta2) = (first, second)),
            OptionFormat<Adamax.Options>.Number("eps", o => o.eps, (o, v) => o.eps = v),
            OptionFormat<Adamax.Options>.Number("weight_decay", o => o.weight_decay, (o, v) => o.weight_decay = v),
            OptionFormat<Adamax.Options>.Only("maximize", false, NoMaximize),
            .. How<Adamax.Options>("foreach", "differentiable", "capturable"),
        ],
        Tensors =
        [
            new("exp_avg", s => s.exp_avg, (s, t) => s.exp_avg = t, _ => true),
            new("exp_inf", s => s.exp_inf, (s, t) => s.exp_inf = t, _ => true),
        ],
        NewState = p => new(p),
        Step = (s => s.step, (s, n) => s.step = n),
    };

    private static OptimizerFormat NAdamFormat { get; } = new OptimizerFormat<NAdam.Options, NAdam.State>
    {
        Options =
        [
            OptionFormat<NAdam.Options>.Pair("betas", o => (o.beta1, o.beta2), (o, first, second) => (o.beta1, o.beta2) = (first, second)),
            OptionFormat<NAdam.Options>.Number("eps", o => o.eps, (o, v) => o.eps = v),
            OptionFormat<NAdam.Options>.Number("weight_decay", o => o.weight_decay, (o, v) => o.weight_decay = v),
            OptionFormat<NAdam.Options>.Number("momentum_decay", o => o.momentum_decay, (o, v) => o.momentum_decay = v),
            OptionFormat<NAdam.Options>.Only("decoupled_weight_decay", false, NoDecoupling),
            OptionFormat<NAdam.Options>.Only("maximize", false, NoMaximize),
            .. How<NAdam.Options>("foreach", "capturable", "differentiable"),
        ],
        Numbers = [("mu_product", s => s.mu_product, (s, v) => s.mu_product = v)],
        Tensors =
        [
            new("exp_avg", s => s.exp_avg, (s, t) => s.exp_avg = t, _ => true),
            new("exp_avg_sq", s => s.exp_avg_sq, (s, t) => s.exp_avg_sq = t, _ => true),
        ],
        NewState = p => new(p),
        Step = (s => s.step, (s, n) => s.step = n),
    };

    private static OptimizerFormat RAdamFormat { get; } = new OptimizerFormat<RAdam.Options, RAdam.State>
    {
        Options =
        [
            OptionFormat<RAdam.Options>.Pair("betas", o => (o.beta1, o.beta2), (o, first, second) => (o.beta1, o.beta2) = (first, second)),
            OptionFormat<RAdam.Options>.Number("eps", o => o.eps, (o, v) => o.eps = v),
            OptionFormat<RAdam.Options>.Number("weight_decay", o => o.weight_decay, (o, v) => o.weight_decay = v),
            OptionFormat<RAdam.Options>.Only("maximize", false, NoMaximize),
            .. How<RAdam.Options>("foreach", "capturable"),
            OptionFormat<RAdam.Options>.Only("decoupled_weight_decay", false, NoDecoupling),
            .. How<RAdam.Options>("differentiable"),
        ],
        Tensors =
        [
            new("exp_avg", s => s.exp_avg, (s, t) => s.exp_avg = t, _ => true),
            new("exp_avg_sq", s => s.exp_avg_sq, (s, t) => s.exp_avg_sq = t, _ => true),
        ],
        NewState = p => new(p),
        Step = (s => s.step, (s, n) => s.step = n),
    };

    private static OptimizerFormat AsgdFormat { get; } = new OptimizerFormat<ASGD.Options, ASGD.State>
    {
        Options =
        [
            OptionFormat<ASGD.Options>.Number("lambd", o => o.lambd, (o, v) => o.lambd = v),
            OptionFormat<ASGD.Options>.Number("alpha", o => o.alpha, (o, v) => o.alpha = v),
            OptionFormat<ASGD.Options>.Number("t0", o => o.t0, (o, v) => o.t0 = v),
            OptionFormat<ASGD.Options>.Number("weight_decay", o => o.weight_decay, (o, v) => o.weight_decay = v),
            OptionFormat<ASGD.Options>.Flag("maximize", o => o.maximize, (o, v) => o.maximize = v),
            .. How<ASGD.Options>("foreach", "differentiable", "capturable"),
        ],
        Numbers = [("eta", s => s.eta, (s, v) => s.eta = v), ("mu", s => s.mu, (s, v) => s.mu = v)],
        Tensors = [new("ax", s => s.ax, (s, t) => s.ax = t, _ => true)],
        NewState = p => new(p),
        Step = (s => s.step, (s, n) => s.step = n),
    };

    // foreach and fused are None in PyTorch until it chooses; the others are False.
    private static IEnumerable<OptionFormat<TOptions>> How<TOptions>(params string[] names) where TOptions : OptimizerOptions =>
        names.Select(name => OptionFormat<TOptions>.Written(name, name is "foreach" or "fused" ? null : false));
}
