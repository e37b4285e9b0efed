namespace TorchOptimExt.Parameters;

/// <summary>
/// Marks a fused version of one of TorchSharp's optimizers for which all is generated but its first constructor, which says the
/// hyperparameters with their defaults and documentation, and its nested Step: the other constructors, what TorchSharp's class would do
/// without fusing, and the methods of <c>torch.optim.fused</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class FusedOptimizerAttribute : Attribute
{
    /// <summary>Whether gradients may be sparse, which are left to TorchSharp's own step.</summary>
    public bool TakesSparse { get; set; }

    /// <summary>The learning rate of the method of <c>torch.optim</c>, where TorchSharp gives it another than the constructor; else
    /// NaN.</summary>
    public double FactoryRate { get; set; } = double.NaN;

    /// <summary>What the method of <c>torch.optim</c> calls the learning rate.</summary>
    public string FactoryRateName { get; set; } = "lr";
}
