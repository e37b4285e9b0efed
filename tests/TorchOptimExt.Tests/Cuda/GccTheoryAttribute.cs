namespace TorchOptimExt.Tests.Cuda;

/// <summary>A theory that is skipped where there is no g++.</summary>
public sealed class GccTheoryAttribute : TheoryAttribute
{
    public GccTheoryAttribute() => Skip = Gcc.Missing;
}
