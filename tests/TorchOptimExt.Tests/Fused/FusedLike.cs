using References;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Fused;

/// <summary>The fused optimizers with a trajectory's hyperparameters, as <see cref="BuiltIn"/> makes TorchSharp's.</summary>
internal static class FusedLike
{
    public static OptimizerHelper Make(Trajectory t, IEnumerable<Parameter> parameters)
    {
        double lr = t.LearningRate, eps = t.Number("eps", 1e-8), weight_decay = t.Number("weight_decay", 0), momentum = t.Number("momentum", 0);
        double beta1 = t.Number("beta1", 0.9), beta2 = t.Number("beta2", 0.999);
        bool maximize = t.Flag("maximize"), amsgrad = t.Flag("amsgrad");
        return t.Optimizer switch
        {
            "SGD" => optim.fused.SGD(parameters, lr, momentum, t.Number("dampening", 0), weight_decay, t.Flag("nesterov"), maximize),
            "Adagrad" => optim.fused.Adagrad(parameters, lr, t.Number("lr_decay", 0), weight_decay, t.Number("initial_accumulator_value", 0), t.Number("eps", 1e-10)),
            "Adadelta" => optim.fused.Adadelta(parameters, lr, t.Number("rho", 0.9), t.Number("eps", 1e-6), weight_decay, maximize),
            "RMSProp" => optim.fused.RMSProp(parameters, lr, t.Number("alpha", 0.99), eps, weight_decay, momentum, t.Flag("centered"), maximize),
            "Adam" => optim.fused.Adam(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize),
            "AdamW" => optim.fused.AdamW(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize),
            "Rprop" => optim.fused.Rprop(parameters, lr, t.Number("etaminus", 0.5), t.Number("etaplus", 1.2), t.Number("min_step", 1e-6), t.Number("max_step", 50), maximize),
            "Adamax" => optim.fused.Adamax(parameters, lr, beta1, beta2, eps, weight_decay),
            "NAdam" => optim.fused.NAdam(parameters, lr, beta1, beta2, eps, weight_decay, t.Number("momentum_decay", 4e-3)),
            "RAdam" => optim.fused.RAdam(parameters, lr, beta1, beta2, eps, weight_decay),
            "ASGD" => optim.fused.ASGD(parameters, lr, t.Number("lambd", 1e-4), t.Number("alpha", 0.75), t.Number("t0", 1e6), weight_decay, maximize),
            _ => throw new ArgumentException($"There is no fused {t.Optimizer}."),
        };
    }
}
