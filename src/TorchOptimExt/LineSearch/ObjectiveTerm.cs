using TorchOptimExt.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>A parameter of an optimizer with its group's hyperparameters and its state.</summary>
internal sealed record ObjectiveTerm(Parameter Parameter, LineSearchOptions Options, TensorState State, Action<Parameter, Tensor> Check)
{
    /// <summary>Whether the parameter may move: it is not frozen, and its learning rate is not 0.</summary>
    public bool TakesPart => Parameter.requires_grad && Options.LearningRate != 0;

    /// <summary>½·λ‖θ‖².</summary>
    public double Decay()
    {
        var decay = Options.weight_decay!.Value;
        if (decay == 0 || !Parameter.requires_grad) return 0;
        var elements = LineSearch.Leg.Wide(Parameter.detach());
        return 0.5 * decay * elements.dot(elements).item<double>();
    }

    /// <summary>The parameter with the gradient of F, from that of f.</summary>
    /// <param name="found">The gradient of f as it was computed, with its graph where it has one.</param>
    /// <param name="plain">The gradient of f.</param>
    /// <param name="sign">−1 to maximize f.</param>
    public Leg Leg(Tensor found, Tensor plain, double sign)
    {
        using var quiet = no_grad();
        var gradient = plain;
        if (sign < 0) gradient = gradient.neg();
        if (Options.weight_decay!.Value is not 0 and var decay) gradient = gradient.add(Parameter, alpha: decay);
        return new(Parameter, Options, State, found, plain, Parameter.is_contiguous() ? gradient.contiguous() : gradient);
    }
}
