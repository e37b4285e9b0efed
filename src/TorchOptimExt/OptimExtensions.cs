using Microsoft.Extensions.Logging;
using TorchOptimExt.FirstOrder;
using TorchOptimExt.LineSearch;
using TorchOptimExt.RandomSearch;
using TorchSharp;
using TorchSharp.Modules;

namespace TorchOptimExt;

/// <summary>
/// Adds the optimizers of this library to <c>torch.optim</c>, where TorchSharp has its own: <c>torch.optim.ArmijoGD(...)</c>, <c>torch.optim.fused.Adam(...)</c>.
/// </summary>
/// <remarks>F# and C# before 14 have no extension members: call <c>OptimExtensions.ArmijoGD(...)</c> and <c>FusedOptimizers.Instance.Adam(...)</c> there.</remarks>
public static class OptimExtensions
{
    extension(torch.optim)
    {
        /// <summary>The optimizers that TorchSharp has too, with a step that is fused into one pass over memory: <c>torch.optim.fused.Adam(...)</c>.</summary>
        public static FusedOptimizers fused => FusedOptimizers.Instance;

        /// <summary>Creates an <see cref="TorchOptimExt.FirstOrder.EwmaMomentum"/> optimizer, gradient descent along a moving average of the gradient: v ← β v + (1 − β) g, θ ← θ − lr · v.</summary>
        /// <inheritdoc cref="TorchOptimExt.FirstOrder.EwmaMomentum.EwmaMomentum(IEnumerable{Parameter}, double, double, bool)"/>
        public static EwmaMomentum EwmaMomentum(IEnumerable<Parameter> parameters, double lr, double beta = 0.9, bool bias_correction = false) => new(parameters, lr, beta, bias_correction);

        /// <summary>Creates an <see cref="TorchOptimExt.FirstOrder.EwmaMomentum"/> optimizer, gradient descent along a moving average of the gradient: v ← β v + (1 − β) g, θ ← θ − lr · v.</summary>
        /// <inheritdoc cref="TorchOptimExt.FirstOrder.EwmaMomentum.EwmaMomentum(IEnumerable{ValueTuple{string, Parameter}}, double, double, bool)"/>
        public static EwmaMomentum EwmaMomentum(IEnumerable<(string name, Parameter parameter)> parameters, double lr, double beta = 0.9, bool bias_correction = false) => new(parameters, lr, beta, bias_correction);

        /// <summary>Creates an <see cref="TorchOptimExt.FirstOrder.EwmaMomentum"/> optimizer, gradient descent along a moving average of the gradient: v ← β v + (1 − β) g, θ ← θ − lr · v.</summary>
        /// <inheritdoc cref="TorchOptimExt.FirstOrder.EwmaMomentum.EwmaMomentum(IEnumerable{EwmaMomentum.ParamGroup}, double, double, bool)"/>
        public static EwmaMomentum EwmaMomentum(IEnumerable<EwmaMomentum.ParamGroup> parameters, double lr, double beta = 0.9, bool bias_correction = false) => new(parameters, lr, beta, bias_correction);

        /// <summary>Creates an <see cref="TorchOptimExt.FirstOrder.RpropMinus"/> optimizer (Rprop⁻): θ ← θ − sign(g) · Δ, with step sizes Δ that grow while the sign stays and shrink where it changes.</summary>
        /// <inheritdoc cref="TorchOptimExt.FirstOrder.RpropMinus.RpropMinus(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
        public static RpropMinus RpropMinus(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Creates an <see cref="TorchOptimExt.FirstOrder.RpropMinus"/> optimizer (Rprop⁻): θ ← θ − sign(g) · Δ, with step sizes Δ that grow while the sign stays and shrink where it changes.</summary>
        /// <inheritdoc cref="TorchOptimExt.FirstOrder.RpropMinus.RpropMinus(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double, bool)"/>
        public static RpropMinus RpropMinus(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Creates an <see cref="TorchOptimExt.FirstOrder.RpropMinus"/> optimizer (Rprop⁻): θ ← θ − sign(g) · Δ, with step sizes Δ that grow while the sign stays and shrink where it changes.</summary>
        /// <inheritdoc cref="TorchOptimExt.FirstOrder.RpropMinus.RpropMinus(IEnumerable{ParamGroup{RpropOptions}}, double, double, double, double, double, bool)"/>
        public static RpropMinus RpropMinus(IEnumerable<ParamGroup<RpropOptions>> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Creates an <see cref="TorchOptimExt.FirstOrder.RpropPlus"/> optimizer (Rprop⁺): as <see cref="TorchOptimExt.FirstOrder.RpropMinus"/>, but where the gradient's sign changed the last step is taken back.</summary>
        /// <inheritdoc cref="TorchOptimExt.FirstOrder.RpropPlus.RpropPlus(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
        public static RpropPlus RpropPlus(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Creates an <see cref="TorchOptimExt.FirstOrder.RpropPlus"/> optimizer (Rprop⁺): as <see cref="TorchOptimExt.FirstOrder.RpropMinus"/>, but where the gradient's sign changed the last step is taken back.</summary>
        /// <inheritdoc cref="TorchOptimExt.FirstOrder.RpropPlus.RpropPlus(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double, bool)"/>
        public static RpropPlus RpropPlus(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Creates an <see cref="TorchOptimExt.FirstOrder.RpropPlus"/> optimizer (Rprop⁺): as <see cref="TorchOptimExt.FirstOrder.RpropMinus"/>, but where the gradient's sign changed the last step is taken back.</summary>
        /// <inheritdoc cref="TorchOptimExt.FirstOrder.RpropPlus.RpropPlus(IEnumerable{ParamGroup{RpropOptions}}, double, double, double, double, double, bool)"/>
        public static RpropPlus RpropPlus(IEnumerable<ParamGroup<RpropOptions>> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Creates an <see cref="TorchOptimExt.FirstOrder.IRpropPlus"/> optimizer (iRprop⁺): as <see cref="TorchOptimExt.FirstOrder.RpropPlus"/>, but the last step is taken back only if the loss rose. Its step needs a closure.</summary>
        /// <inheritdoc cref="TorchOptimExt.FirstOrder.IRpropPlus.IRpropPlus(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
        public static IRpropPlus IRpropPlus(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Creates an <see cref="TorchOptimExt.FirstOrder.IRpropPlus"/> optimizer (iRprop⁺): as <see cref="TorchOptimExt.FirstOrder.RpropPlus"/>, but the last step is taken back only if the loss rose. Its step needs a closure.</summary>
        /// <inheritdoc cref="TorchOptimExt.FirstOrder.IRpropPlus.IRpropPlus(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, double, bool)"/>
        public static IRpropPlus IRpropPlus(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Creates an <see cref="TorchOptimExt.FirstOrder.IRpropPlus"/> optimizer (iRprop⁺): as <see cref="TorchOptimExt.FirstOrder.RpropPlus"/>, but the last step is taken back only if the loss rose. Its step needs a closure.</summary>
        /// <inheritdoc cref="TorchOptimExt.FirstOrder.IRpropPlus.IRpropPlus(IEnumerable{ParamGroup{RpropOptions}}, double, double, double, double, double, bool)"/>
        public static IRpropPlus IRpropPlus(IEnumerable<ParamGroup<RpropOptions>> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) => new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

        /// <summary>Creates an <see cref="TorchOptimExt.RandomSearch.ARS"/> optimizer (Augmented Random Search), which needs values of the objective and no gradients: θ ← θ + lr/(b·σ) · Σ (rₖ⁺ − rₖ⁻) δₖ over random directions δₖ.</summary>
        /// <inheritdoc cref="TorchOptimExt.RandomSearch.ARS.ARS(IEnumerable{Parameter}, double, int, int?, double, bool, long?, bool)"/>
        public static ARS ARS(IEnumerable<Parameter> parameters, double lr = 0.02, int n_directions = 8, int? top_directions = null, double delta_std = 0.03, bool normalize_by_std = true, long? seed = null, bool maximize = false) => new(parameters, lr, n_directions, top_directions, delta_std, normalize_by_std, seed, maximize);

        /// <summary>Creates an <see cref="TorchOptimExt.RandomSearch.ARS"/> optimizer (Augmented Random Search), which needs values of the objective and no gradients: θ ← θ + lr/(b·σ) · Σ (rₖ⁺ − rₖ⁻) δₖ over random directions δₖ.</summary>
        /// <inheritdoc cref="TorchOptimExt.RandomSearch.ARS.ARS(IEnumerable{ValueTuple{string, Parameter}}, double, int, int?, double, bool, long?, bool)"/>
        public static ARS ARS(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.02, int n_directions = 8, int? top_directions = null, double delta_std = 0.03, bool normalize_by_std = true, long? seed = null, bool maximize = false) => new(parameters, lr, n_directions, top_directions, delta_std, normalize_by_std, seed, maximize);

        /// <summary>Creates an <see cref="TorchOptimExt.RandomSearch.ARS"/> optimizer (Augmented Random Search), which needs values of the objective and no gradients: θ ← θ + lr/(b·σ) · Σ (rₖ⁺ − rₖ⁻) δₖ over random directions δₖ.</summary>
        /// <inheritdoc cref="TorchOptimExt.RandomSearch.ARS.ARS(IEnumerable{ParamGroup{ARSOptions}}, double, int, int?, double, bool, long?, bool)"/>
        public static ARS ARS(IEnumerable<ParamGroup<ARSOptions>> parameters, double lr = 0.02, int n_directions = 8, int? top_directions = null, double delta_std = 0.03, bool normalize_by_std = true, long? seed = null, bool maximize = false) => new(parameters, lr, n_directions, top_directions, delta_std, normalize_by_std, seed, maximize);

        /// <summary>Creates an <see cref="TorchOptimExt.LineSearch.ArmijoGD"/> optimizer, gradient descent with a line search: θ ← θ + αd, where α is reduced until F(θ + αd) ≤ F(θ) + c·α·gᵀd. The closure only returns the loss.</summary>
        /// <inheritdoc cref="TorchOptimExt.LineSearch.ArmijoGD.ArmijoGD(IEnumerable{Parameter}, double, double, double, int, double, Interpolation, FirstTrial, double, double, int, double, double, bool, double?, double?, ILogger?)"/>
        public static ArmijoGD ArmijoGD(IEnumerable<Parameter> parameters, double lr = 1.0, double c = 1e-4, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, Interpolation interpolation = Interpolation.None, FirstTrial first_trial = FirstTrial.Restart, double growth = 2, double max_step = 10, int history = 1, double momentum = 0, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null) => new(parameters, lr, c, beta, max_backtracks, min_step, interpolation, first_trial, growth, max_step, history, momentum, weight_decay, maximize, tolerance_grad, tolerance_change, logger);

        /// <summary>Creates an <see cref="TorchOptimExt.LineSearch.ArmijoGD"/> optimizer, gradient descent with a line search: θ ← θ + αd, where α is reduced until F(θ + αd) ≤ F(θ) + c·α·gᵀd. The closure only returns the loss.</summary>
        /// <inheritdoc cref="TorchOptimExt.LineSearch.ArmijoGD.ArmijoGD(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, int, double, Interpolation, FirstTrial, double, double, int, double, double, bool, double?, double?, ILogger?)"/>
        public static ArmijoGD ArmijoGD(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1.0, double c = 1e-4, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, Interpolation interpolation = Interpolation.None, FirstTrial first_trial = FirstTrial.Restart, double growth = 2, double max_step = 10, int history = 1, double momentum = 0, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null) => new(parameters, lr, c, beta, max_backtracks, min_step, interpolation, first_trial, growth, max_step, history, momentum, weight_decay, maximize, tolerance_grad, tolerance_change, logger);

        /// <summary>Creates an <see cref="TorchOptimExt.LineSearch.ArmijoGD"/> optimizer, gradient descent with a line search: θ ← θ + αd, where α is reduced until F(θ + αd) ≤ F(θ) + c·α·gᵀd. The closure only returns the loss.</summary>
        /// <inheritdoc cref="TorchOptimExt.LineSearch.ArmijoGD.ArmijoGD(IEnumerable{ArmijoGD.ParamGroup}, double, double, double, int, double, Interpolation, FirstTrial, double, double, int, double, double, bool, double?, double?, ILogger?)"/>
        public static ArmijoGD ArmijoGD(IEnumerable<ArmijoGD.ParamGroup> parameters, double lr = 1.0, double c = 1e-4, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, Interpolation interpolation = Interpolation.None, FirstTrial first_trial = FirstTrial.Restart, double growth = 2, double max_step = 10, int history = 1, double momentum = 0, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null) => new(parameters, lr, c, beta, max_backtracks, min_step, interpolation, first_trial, growth, max_step, history, momentum, weight_decay, maximize, tolerance_grad, tolerance_change, logger);

        /// <summary>Creates an <see cref="TorchOptimExt.LineSearch.ArmijoNewton"/> optimizer, Newton's method with a line search along d = −lr · H⁻¹g (exact Hessian or conjugate gradients). The closure only returns the loss.</summary>
        /// <inheritdoc cref="TorchOptimExt.LineSearch.ArmijoNewton.ArmijoNewton(IEnumerable{Parameter}, double, double, double, double, int, double, int, int?, double, bool, double?, double?, ILogger?)"/>
        public static ArmijoNewton ArmijoNewton(IEnumerable<Parameter> parameters, double lr = 1.0, double c = 1e-4, double b = 1.0, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, int max_exact = 512, int? max_cg = null, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null) => new(parameters, lr, c, b, beta, max_backtracks, min_step, max_exact, max_cg, weight_decay, maximize, tolerance_grad, tolerance_change, logger);

        /// <summary>Creates an <see cref="TorchOptimExt.LineSearch.ArmijoNewton"/> optimizer, Newton's method with a line search along d = −lr · H⁻¹g (exact Hessian or conjugate gradients). The closure only returns the loss.</summary>
        /// <inheritdoc cref="TorchOptimExt.LineSearch.ArmijoNewton.ArmijoNewton(IEnumerable{ValueTuple{string, Parameter}}, double, double, double, double, int, double, int, int?, double, bool, double?, double?, ILogger?)"/>
        public static ArmijoNewton ArmijoNewton(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1.0, double c = 1e-4, double b = 1.0, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, int max_exact = 512, int? max_cg = null, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null) => new(parameters, lr, c, b, beta, max_backtracks, min_step, max_exact, max_cg, weight_decay, maximize, tolerance_grad, tolerance_change, logger);

        /// <summary>Creates an <see cref="TorchOptimExt.LineSearch.ArmijoNewton"/> optimizer, Newton's method with a line search along d = −lr · H⁻¹g (exact Hessian or conjugate gradients). The closure only returns the loss.</summary>
        /// <inheritdoc cref="TorchOptimExt.LineSearch.ArmijoNewton.ArmijoNewton(IEnumerable{ParamGroup{ArmijoNewton.Options}}, double, double, double, double, int, double, int, int?, double, bool, double?, double?, ILogger?)"/>
        public static ArmijoNewton ArmijoNewton(IEnumerable<ParamGroup<ArmijoNewton.Options>> parameters, double lr = 1.0, double c = 1e-4, double b = 1.0, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, int max_exact = 512, int? max_cg = null, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null) => new(parameters, lr, c, b, beta, max_backtracks, min_step, max_exact, max_cg, weight_decay, maximize, tolerance_grad, tolerance_change, logger);
    }
}
