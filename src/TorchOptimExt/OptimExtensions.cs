using Microsoft.Extensions.Logging;
using TorchSharp;
using TorchSharp.Modules;

namespace TorchOptimExt;

/// <summary>
/// Makes the optimizers reachable where TorchSharp has its own: <c>torch.optim.RpropPlus(...)</c>, <c>torch.optim.fused.Adadelta(...)</c>.
/// </summary>
/// <remarks>F# and C# before 14 have no extension members: call <c>OptimExtensions.RpropPlus(...)</c> and <c>FusedOptimizers.Instance.Adadelta(...)</c> there.</remarks>
public static class OptimExtensions
{
    extension(torch.optim)
    {
        /// <summary>The optimizers that TorchSharp has too, with a step in one pass over memory.</summary>
        public static FusedOptimizers fused => FusedOptimizers.Instance;

        /// <summary>Gradient descent along an exponentially weighted moving average of the gradient.</summary>
        /// <inheritdoc cref="EwmaMomentum(IEnumerable{Parameter}, double, double, bool)"/>
        public static EwmaMomentum EwmaMomentum(IEnumerable<Parameter> parameters, double lr, double beta = 0.9, bool bias_correction = false) => new(parameters, lr, beta, bias_correction);

        /// <summary>Gradient descent along an exponentially weighted moving average of the gradient.</summary>
        /// <inheritdoc cref="EwmaMomentum(IEnumerable{ValueTuple{string, Parameter}}, double, double, bool)"/>
        public static EwmaMomentum EwmaMomentum(IEnumerable<(string name, Parameter parameter)> parameters, double lr, double beta = 0.9, bool bias_correction = false) => new(parameters, lr, beta, bias_correction);

        /// <summary>Gradient descent along an exponentially weighted moving average of the gradient.</summary>
        /// <inheritdoc cref="EwmaMomentum(IEnumerable{EwmaMomentum.ParamGroup}, double, double, bool)"/>
        public static EwmaMomentum EwmaMomentum(IEnumerable<EwmaMomentum.ParamGroup> parameters, double lr, double beta = 0.9, bool bias_correction = false) => new(parameters, lr, beta, bias_correction);

        /// <summary>Rprop⁻: resilient propagation without weight-backtracking.</summary>
        /// <inheritdoc cref="RpropMinus(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
        public static RpropMinus RpropMinus(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Rprop⁻: resilient propagation without weight-backtracking.</summary>
        /// <inheritdoc cref="RpropMinus(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double, bool)"/>
        public static RpropMinus RpropMinus(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Rprop⁻: resilient propagation without weight-backtracking.</summary>
        /// <inheritdoc cref="RpropMinus(IEnumerable{ParamGroup{RpropOptions}}, double, double, double, double, double, bool)"/>
        public static RpropMinus RpropMinus(IEnumerable<ParamGroup<RpropOptions>> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Rprop⁺: resilient propagation with weight-backtracking.</summary>
        /// <inheritdoc cref="RpropPlus(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
        public static RpropPlus RpropPlus(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Rprop⁺: resilient propagation with weight-backtracking.</summary>
        /// <inheritdoc cref="RpropPlus(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double, bool)"/>
        public static RpropPlus RpropPlus(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Rprop⁺: resilient propagation with weight-backtracking.</summary>
        /// <inheritdoc cref="RpropPlus(IEnumerable{ParamGroup{RpropOptions}}, double, double, double, double, double, bool)"/>
        public static RpropPlus RpropPlus(IEnumerable<ParamGroup<RpropOptions>> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>iRprop⁺: resilient propagation with backtracking where the loss rose.</summary>
        /// <inheritdoc cref="IRpropPlus(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
        public static IRpropPlus IRpropPlus(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>iRprop⁺: resilient propagation with backtracking where the loss rose.</summary>
        /// <inheritdoc cref="IRpropPlus(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double, bool)"/>
        public static IRpropPlus IRpropPlus(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>iRprop⁺: resilient propagation with backtracking where the loss rose.</summary>
        /// <inheritdoc cref="IRpropPlus(IEnumerable{ParamGroup{RpropOptions}}, double, double, double, double, double, bool)"/>
        public static IRpropPlus IRpropPlus(IEnumerable<ParamGroup<RpropOptions>> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Augmented Random Search: needs values of the objective only, no gradients.</summary>
        /// <inheritdoc cref="ARS(IEnumerable{Parameter}, double, int, int?, double, bool, long?, bool)"/>
        public static ARS ARS(IEnumerable<Parameter> parameters, double lr = 0.02, int n_directions = 8, int? top_directions = null, double delta_std = 0.03, bool normalize_by_std = true, long? seed = null, bool maximize = false) => new(parameters, lr, n_directions, top_directions, delta_std, normalize_by_std, seed, maximize);

        /// <summary>Augmented Random Search: needs values of the objective only, no gradients.</summary>
        /// <inheritdoc cref="ARS(IEnumerable{ValueTuple{string, Parameter}}, double, int, int?, double, bool, long?, bool)"/>
        public static ARS ARS(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.02, int n_directions = 8, int? top_directions = null, double delta_std = 0.03, bool normalize_by_std = true, long? seed = null, bool maximize = false) => new(parameters, lr, n_directions, top_directions, delta_std, normalize_by_std, seed, maximize);

        /// <summary>Augmented Random Search: needs values of the objective only, no gradients.</summary>
        /// <inheritdoc cref="ARS(IEnumerable{ParamGroup{ARSOptions}}, double, int, int?, double, bool, long?, bool)"/>
        public static ARS ARS(IEnumerable<ParamGroup<ARSOptions>> parameters, double lr = 0.02, int n_directions = 8, int? top_directions = null, double delta_std = 0.03, bool normalize_by_std = true, long? seed = null, bool maximize = false) => new(parameters, lr, n_directions, top_directions, delta_std, normalize_by_std, seed, maximize);

        /// <summary>Gradient descent whose step size Armijo's rule finds.</summary>
        /// <inheritdoc cref="ArmijoGD(IEnumerable{Parameter}, double, double, double, int, double, Interpolation, FirstTrial, double, double, int, double, double, bool, double?, double?, ILogger?)"/>
        public static ArmijoGD ArmijoGD(IEnumerable<Parameter> parameters, double lr = 1.0, double c = 1e-4, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, Interpolation interpolation = Interpolation.None, FirstTrial first_trial = FirstTrial.Restart, double growth = 2, double max_step = 10, int history = 1, double momentum = 0, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null) => new(parameters, lr, c, beta, max_backtracks, min_step, interpolation, first_trial, growth, max_step, history, momentum, weight_decay, maximize, tolerance_grad, tolerance_change, logger);

        /// <summary>Gradient descent whose step size Armijo's rule finds.</summary>
        /// <inheritdoc cref="ArmijoGD(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, int, double, Interpolation, FirstTrial, double, double, int, double, double, bool, double?, double?, ILogger?)"/>
        public static ArmijoGD ArmijoGD(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1.0, double c = 1e-4, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, Interpolation interpolation = Interpolation.None, FirstTrial first_trial = FirstTrial.Restart, double growth = 2, double max_step = 10, int history = 1, double momentum = 0, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null) => new(parameters, lr, c, beta, max_backtracks, min_step, interpolation, first_trial, growth, max_step, history, momentum, weight_decay, maximize, tolerance_grad, tolerance_change, logger);

        /// <summary>Gradient descent whose step size Armijo's rule finds.</summary>
        /// <inheritdoc cref="ArmijoGD(IEnumerable{ArmijoGD.ParamGroup}, double, double, double, int, double, Interpolation, FirstTrial, double, double, int, double, double, bool, double?, double?, ILogger?)"/>
        public static ArmijoGD ArmijoGD(IEnumerable<ArmijoGD.ParamGroup> parameters, double lr = 1.0, double c = 1e-4, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, Interpolation interpolation = Interpolation.None, FirstTrial first_trial = FirstTrial.Restart, double growth = 2, double max_step = 10, int history = 1, double momentum = 0, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null) => new(parameters, lr, c, beta, max_backtracks, min_step, interpolation, first_trial, growth, max_step, history, momentum, weight_decay, maximize, tolerance_grad, tolerance_change, logger);

        /// <summary>Newton's method with Armijo's rule: exact Hessian, or Newton-CG.</summary>
        /// <inheritdoc cref="ArmijoNewton(IEnumerable{Parameter}, double, double, double, double, int, double, int, int?, double, bool, double?, double?, ILogger?)"/>
        public static ArmijoNewton ArmijoNewton(IEnumerable<Parameter> parameters, double lr = 1.0, double c = 1e-4, double b = 1.0, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, int max_exact = 512, int? max_cg = null, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null) => new(parameters, lr, c, b, beta, max_backtracks, min_step, max_exact, max_cg, weight_decay, maximize, tolerance_grad, tolerance_change, logger);

        /// <summary>Newton's method with Armijo's rule: exact Hessian, or Newton-CG.</summary>
        /// <inheritdoc cref="ArmijoNewton(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, int, double, int, int?, double, bool, double?, double?, ILogger?)"/>
        public static ArmijoNewton ArmijoNewton(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1.0, double c = 1e-4, double b = 1.0, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, int max_exact = 512, int? max_cg = null, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null) => new(parameters, lr, c, b, beta, max_backtracks, min_step, max_exact, max_cg, weight_decay, maximize, tolerance_grad, tolerance_change, logger);

        /// <summary>Newton's method with Armijo's rule: exact Hessian, or Newton-CG.</summary>
        /// <inheritdoc cref="ArmijoNewton(IEnumerable{ParamGroup{ArmijoNewton.Options}}, double, double, double, double, int, double, int, int?, double, bool, double?, double?, ILogger?)"/>
        public static ArmijoNewton ArmijoNewton(IEnumerable<ParamGroup<ArmijoNewton.Options>> parameters, double lr = 1.0, double c = 1e-4, double b = 1.0, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, int max_exact = 512, int? max_cg = null, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null) => new(parameters, lr, c, b, beta, max_backtracks, min_step, max_exact, max_cg, weight_decay, maximize, tolerance_grad, tolerance_change, logger);
    }
}
