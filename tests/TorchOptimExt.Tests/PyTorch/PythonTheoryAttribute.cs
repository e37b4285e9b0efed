namespace TorchOptimExt.Tests.PyTorch;

/// <summary>Tests that are skipped where no Python has PyTorch.</summary>
public sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute() => Skip = PythonTorch.Missing;
}
