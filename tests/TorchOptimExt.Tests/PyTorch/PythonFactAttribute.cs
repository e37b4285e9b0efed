namespace TorchOptimExt.Tests.PyTorch;

/// <summary>A test that is skipped where no Python has PyTorch.</summary>
public sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute() => Skip = PythonTorch.Missing;
}
