using System.Runtime.InteropServices;
using TorchOptimExt.Rules;

namespace TorchOptimExt.Cuda;

/// <summary>
/// What a rule does to one element, recorded by running it once over <see cref="SourceLanes"/>: operations on values, and the numbers
/// that it takes, in the order in which it converts them. Rules that differ in numbers alone have the same operations, and so the same
/// kernel.
/// </summary>
/// <remarks>
/// A value is 0, which is zero; the parameter, the gradient, the first, second or third state by its place from 1 on; from
/// <see cref="FirstOperation"/> on, what an operation gives; below 0, a number.
/// </remarks>
internal sealed class RuleTrace
{
    public const int Param = 1, Grad = 2, FirstState = 3, FirstOperation = 6;

    private RuleOperation[] operations = new RuleOperation[64];
    private double[] numbers = new double[16];
    private int operationCount, numberCount;

    public ReadOnlySpan<RuleOperation> Operations => operations.AsSpan(0, operationCount);

    public ReadOnlySpan<double> Numbers => numbers.AsSpan(0, numberCount);

    /// <summary>The value that the parameter has afterwards.</summary>
    public int NewParam { get; private set; }

    /// <summary>The values that the states have afterwards; 0 where there is none.</summary>
    public (int First, int Second, int Third) NewStates { get; private set; }

    /// <summary>Records a rule that has these states, in place of what was recorded before.</summary>
    public void Record<TRule>(in TRule rule, StateMask states) where TRule : struct, IUpdateRule
    {
        (operationCount, numberCount) = (0, 0);
        var (param, first, second, third) = SourceLanes.Run(rule, states, this);
        NewParam = param;
        NewStates = (states.HasFlag(StateMask.First) ? first : 0,
            states.HasFlag(StateMask.Second) ? second : 0, states.HasFlag(StateMask.Third) ? third : 0);
    }

    /// <summary>Whether another trace does the same, with whatever numbers.</summary>
    public bool DoesSame(RuleTrace other) =>
        NewParam == other.NewParam && NewStates == other.NewStates && numberCount == other.numberCount
        && MemoryMarshal.AsBytes(Operations).SequenceEqual(MemoryMarshal.AsBytes(other.Operations));

    /// <summary>A copy that later records leave alone.</summary>
    public RuleTrace Copy() => new()
    {
        operations = Operations.ToArray(),
        numbers = Numbers.ToArray(),
        operationCount = operationCount,
        numberCount = numberCount,
        NewParam = NewParam,
        NewStates = NewStates,
    };

    internal int Add(in RuleOperation operation)
    {
        if (operationCount == operations.Length) Array.Resize(ref operations, 2 * operationCount);
        operations[operationCount] = operation;
        return FirstOperation + operationCount++;
    }

    internal int Add(double number)
    {
        if (numberCount == numbers.Length) Array.Resize(ref numbers, 2 * numberCount);
        numbers[numberCount] = number;
        return -1 - numberCount++;
    }
}
