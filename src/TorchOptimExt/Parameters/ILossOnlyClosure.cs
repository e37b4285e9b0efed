namespace TorchOptimExt.Parameters;

/// <summary>
/// Marks an optimizer whose closure computes and returns the loss and nothing else: it calls neither <c>zero_grad()</c>
/// nor <c>backward()</c>, unlike the closures of TorchSharp's own optimizers. A training loop for any optimizer asks for it.
/// </summary>
public interface ILossOnlyClosure;
