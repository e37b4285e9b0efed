namespace TorchOptimExt.Base;

/// <summary>
/// Marks an optimizer whose closure computes and returns the loss and nothing else: it neither clears gradients nor
/// calls <c>backward()</c>, unlike the closures of TorchSharp's own optimizers.
/// </summary>
public interface ILossOnlyClosure;
