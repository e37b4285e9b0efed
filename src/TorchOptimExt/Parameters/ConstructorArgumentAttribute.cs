namespace TorchOptimExt.Parameters;

/// <summary>
/// Marks a property of an optimizer, or of its base class, as an argument of the generated constructors that is no hyperparameter: a
/// logger, buffers. The constructors set it before they add the groups. Where its type is nullable the argument may be left out.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ConstructorArgumentAttribute : Attribute
{
    /// <summary>The argument's default; null for none.</summary>
    public object? Default { get; set; }
}
