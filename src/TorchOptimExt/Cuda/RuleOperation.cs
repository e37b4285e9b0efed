namespace TorchOptimExt.Cuda;

/// <summary>One operation of a recorded rule; its operands are values: see <see cref="RuleTrace"/>.</summary>
internal readonly record struct RuleOperation(RuleOperation.Kind What, int A, int B = 0, int C = 0)
{
    public enum Kind { Add, Subtract, Multiply, Divide, Negate, Greater, Less, Sqrt, MultiplyAdd, Min, Max, Sign, Where }
}
