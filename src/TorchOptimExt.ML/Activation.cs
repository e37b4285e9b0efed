namespace TorchOptimExt.ML;

/// <summary>The activation function of a hidden layer.</summary>
public enum Activation
{
    /// <summary>max(x, 0).</summary>
    ReLU,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>x · Φ(x), with Φ the distribution function of the standard normal distribution.</summary>
    GELU,
}
