namespace TorchOptimExt.Tests.Cuda;

/// <summary>A test that is skipped where there is no g++.</summary>
public sealed class GccFactAttribute : FactAttribute
{
    public GccFactAttribute() => Skip = Gcc.Missing;
}
