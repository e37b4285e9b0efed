using TorchOptimExt.Rules;

namespace TorchOptimExt.Cuda;

/// <summary>
/// Lanes that compute nothing: they record what a rule does, which is then written as the text of a kernel
/// (<see cref="KernelText"/>). Recording takes about as long as the update of a hundred elements and allocates nothing.
/// </summary>
internal readonly struct SourceLanes : ILanes<SourceLanes>
{
    [ThreadStatic] private static RuleTrace? trace;

    private readonly int value;

    private SourceLanes(int value) => this.value = value;

    /// <summary>Runs a rule once, recording; gives the values of parameter and states afterwards.</summary>
    public static (int param, int first, int second, int third) Run<TRule>(in TRule rule, StateMask states, RuleTrace into)
        where TRule : struct, IUpdateRule
    {
        trace = into;
        try
        {
            SourceLanes param = new(RuleTrace.Param), first = State(states, 0), second = State(states, 1), third = State(states, 2);
            rule.Apply(ref param, new(RuleTrace.Grad), ref first, ref second, ref third);
            return (param.value, first.value, second.value, third.value);
        }
        finally
        {
            trace = null;
        }
    }

    // What is not there is zero, as in a register.
    private static SourceLanes State(StateMask states, int place) =>
        ((int)states >> place & 1) != 0 ? new(RuleTrace.FirstState + place) : default;

    private static SourceLanes Record(RuleOperation.Kind what, SourceLanes a, SourceLanes b = default, SourceLanes c = default) =>
        new(trace!.Add(new RuleOperation(what, a.value, b.value, c.value)));

    public static implicit operator SourceLanes(double number) => new(trace!.Add(number));

    public static SourceLanes operator +(SourceLanes a, SourceLanes b) => Record(RuleOperation.Kind.Add, a, b);

    public static SourceLanes operator -(SourceLanes a, SourceLanes b) => Record(RuleOperation.Kind.Subtract, a, b);

    public static SourceLanes operator *(SourceLanes a, SourceLanes b) => Record(RuleOperation.Kind.Multiply, a, b);

    public static SourceLanes operator /(SourceLanes a, SourceLanes b) => Record(RuleOperation.Kind.Divide, a, b);

    public static SourceLanes operator -(SourceLanes a) => Record(RuleOperation.Kind.Negate, a);

    public static SourceLanes operator >(SourceLanes a, SourceLanes b) => Record(RuleOperation.Kind.Greater, a, b);

    public static SourceLanes operator <(SourceLanes a, SourceLanes b) => Record(RuleOperation.Kind.Less, a, b);

    public static SourceLanes Sqrt(SourceLanes a) => Record(RuleOperation.Kind.Sqrt, a);

    public static SourceLanes MultiplyAdd(SourceLanes a, SourceLanes b, SourceLanes addend) =>
        Record(RuleOperation.Kind.MultiplyAdd, a, b, addend);

    public static SourceLanes Min(SourceLanes a, SourceLanes b) => Record(RuleOperation.Kind.Min, a, b);

    public static SourceLanes Max(SourceLanes a, SourceLanes b) => Record(RuleOperation.Kind.Max, a, b);

    public static SourceLanes Sign(SourceLanes a) => Record(RuleOperation.Kind.Sign, a);

    public static SourceLanes Where(SourceLanes condition, SourceLanes yes, SourceLanes no) =>
        Record(RuleOperation.Kind.Where, condition, yes, no);
}
