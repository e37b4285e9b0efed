namespace TorchOptimExt.Parameters;

/// <summary>
/// Marks an optimizer of this library for which constructors, ParamGroup and the methods of <c>torch.optim</c> are generated from its
/// nested Options and from what is marked <see cref="ConstructorArgumentAttribute"/>. Both classes are partial.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class OptimizerAttribute : Attribute;
