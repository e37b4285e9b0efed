using System.Runtime.InteropServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchOptimExt.Stepping;

/// <summary>
/// What the fused versions of TorchSharp's optimizers share beside the step: checks of what is given, before TorchSharp makes anything of
/// it, and state
/// that stays alive whatever TorchSharp's members, which are not virtual, do with it.
/// </summary>
internal abstract class FusedStep<TOptions, TState, TRule> : UpdateStep<TOptions, TState, TRule>, IDisposable
    where TOptions : OptimizerOptions where TState : OptimizerState where TRule : struct, IUpdateRule
{
    private readonly Dictionary<nint, string> names = [];
    private readonly List<Kept> kept = [];
    private IList<ParamGroup> groups = [];
    private OrderedDict<nint, OptimizerState> states = new();
    private bool disposed;

    /// <summary>All tensors of a state.</summary>
    protected abstract StateTensors Owned(TState state);

    /// <summary>Gives a state its tensors.</summary>
    protected abstract void Own(TState state, StateTensors tensors);

    /// <summary>Copies what a state has besides tensors.</summary>
    protected abstract void CopyNumbers(TState from, TState to);

    /// <summary>Throws where what a state starts with cannot be: a value that the parameter's dtype cannot hold, for example.</summary>
    protected virtual void CheckStart(TOptions? options, TOptions defaults, Parameter param) { }

    /// <inheritdoc/>
    protected override StateTensors States(TOptions options, TState state, Parameter param) => Owned(state);

    /// <inheritdoc/>
    protected override string Optimizer => typeof(TState).DeclaringType!.Name;

    /// <inheritdoc/>
    protected override string NameOf(Parameter param, int place) =>
        param is { IsInvalid: false } && names.TryGetValue(param.Handle, out var name) ? $"parameter '{name}'"
        : param is { IsInvalid: false } ? $"parameter {place} of shape [{string.Join(", ", param.shape)}]" : $"parameter {place}";

    /// <summary>A state tensor that an option needs.</summary>
    /// <exception cref="InvalidOperationException">It is not there: TorchSharp makes it when a parameter is added, if the option is on
    /// then.</exception>
    protected Tensor Needed(Tensor? tensor, string option) => tensor ??
        throw new InvalidOperationException(
            $"{Optimizer}: {option} was switched on after the parameters were added, so their state lacks what it needs.");

    /// <summary>
    /// Throws where a value that elements of a state start with does not fit their dtype: TorchSharp fails at that when half is made.
    /// </summary>
    protected static void CheckFits(string name, double value, Parameter param)
    {
        var largest = Dtypes.Largest(param.dtype);
        if (Math.Abs(value) > largest && !double.IsInfinity(value))
            throw new ArgumentOutOfRangeException(
                name, value, $"{name} is {value}, which a {param.dtype} parameter's state cannot hold: at most {largest:g6}.");
    }

    /// <summary>What messages call these parameters.</summary>
    /// <exception cref="ArgumentNullException">There are none. It is not said before TorchSharp's constructor has run.</exception>
    public void Name(IEnumerable<(string name, Parameter parameter)>? parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        foreach (var (name, parameter) in parameters) names.TryAdd(parameter.Handle, name);
    }

    /// <summary>
    /// Checks a group that is about to join others, and puts its parameters in a list, so that no step enumerates a model anew.
    /// </summary>
    /// <exception cref="ArgumentException">The group cannot join; nothing is changed.</exception>
    public ParamGroup Prepared(
        ParamGroup added, OptimizerOptions defaults, IList<ParamGroup> groups, OrderedDict<nint, OptimizerState> states)
    {
        ObjectDisposedException.ThrowIf(disposed, typeof(TState).DeclaringType!);
        ArgumentNullException.ThrowIfNull(added, "param_group");
        ArgumentNullException.ThrowIfNull(added.Parameters, "parameters");
        if (added.Options is not (null or TOptions))
            throw new ArgumentException(
                $"The group has {added.Options.GetType().FullName}; {Optimizer} needs {typeof(TOptions).FullName}.", "param_group");
        var list = added.Parameters.ToList();
        var place = groups.Sum(g => g.List().Count);
        foreach (var param in list)
        {
            if (param is null) throw new ArgumentException("The list of parameters holds a null.", "parameters");
            if (param.IsInvalid) throw new ArgumentException($"{Optimizer}: {Disposed(NameOf(param, place))}", "parameters");
            if (param.is_sparse)
                throw new ArgumentException($"{NameOf(param, place)} is sparse; only dense parameters can be optimized.", "parameters");
            if (new TensorFacts(param).OverlapsItself)
                throw new ArgumentException(
                    $"Several elements of {NameOf(param, place)} share memory, as in what expand() returns; optimize a clone() of it.",
                    "parameters");
            CheckStart((TOptions?)added.Options, (TOptions)defaults, param);
            place++;
        }
        (this.groups, this.states, added.Parameters) = (groups, states, list);
        Forget();       // a parameter that is given twice gets another state
        return added;
    }

    /// <summary>Performs a step: evaluates the closure with gradients on, as TorchSharp does, and updates.</summary>
    public Tensor? Step(Func<Tensor>? closure, Action? sparseStep = null)
    {
        ObjectDisposedException.ThrowIf(disposed, typeof(TState).DeclaringType!);
        Begin();
        var loss = Evaluate(closure);
        Run(groups, states, sparseStep);
        return loss;
    }

    private static Tensor? Evaluate(Func<Tensor>? closure)
    {
        if (closure is null) return null;
        using var on = enable_grad();
        return closure();
    }

    /// <summary>Checks that all parameters are alive, and keeps all state alive.</summary>
    /// <exception cref="InvalidOperationException">A parameter or a tensor of the state was disposed.</exception>
    public void Keep()
    {
        ObjectDisposedException.ThrowIf(disposed, typeof(TState).DeclaringType!);
        var place = 0;
        foreach (var group in groups)
            foreach (var param in group.Parameters)
            {
                if (param.IsInvalid) throw new InvalidOperationException($"{Optimizer}: {Disposed(NameOf(param, place))}");
                KeepAlive(StateOf(states, param, place), param, place++);
            }
    }

    /// <inheritdoc/>
    protected override void KeepAlive(TState state, Parameter param, int place)
    {
        while (kept.Count <= place) kept.Add(default);
        ref readonly var before = ref CollectionsMarshal.AsSpan(kept)[place];
        var now = Owned(state);
        var known = ReferenceEquals(before.State, state);
        if (known && Same(before.Seen.First, now.First) && Same(before.Seen.Second, now.Second)
            && Same(before.Seen.Third, now.Third)) return;
        Mend(state, known ? before : default, now, param, place);
    }

    private static bool Same(Tensor? seen, Tensor? now) => ReferenceEquals(seen, now) && now is not { IsInvalid: true };

    // TorchSharp's members leave the tensors that they make to an open dispose scope. What is alive is taken out of it; what is gone comes
    // back from a
    // second reference to the same memory, which most of them write to. All get the order in memory of their parameter.
    private void Mend(TState state, Kept before, StateTensors now, Parameter param, int place)
    {
        now = new(Mended(now.First, before.Anchors.First), Mended(now.Second, before.Anchors.Second),
            Mended(now.Third, before.Anchors.Third));
        Own(state, now);
        before.Dispose();
        kept[place] = new(state, now, new(Anchor(now.First), Anchor(now.Second), Anchor(now.Third)));

        Tensor? Mended(Tensor? tensor, Tensor? anchor)
        {
            if (tensor is null) return null;
            if (!tensor.IsInvalid) return InOrder(tensor.DetachFromDisposeScope(), param);
            return Anchor(anchor) ?? throw new InvalidOperationException(
                $"{Optimizer}: the state of {NameOf(param, place)} was disposed. load_state_dict or to(device) "
                + "made it inside a dispose scope, through a variable of TorchSharp's type; call them outside of one, on a new optimizer.");
        }

        static Tensor? Anchor(Tensor? tensor) => tensor is null or { IsInvalid: true } ? null : tensor.alias().DetachFromDisposeScope();
    }

    // TorchSharp makes Rprop's contiguous, also of a parameter in channels_last.
    private static Tensor InOrder(Tensor state, Parameter param)
    {
        TensorFacts own = new(state), its = new(param);
        if (own.IsSparse || !own.SameShape(its) || own.SameOrder(its) || !its.IsDense) return state;
        using var quiet = no_grad();
        return empty_like(param, dtype: state.dtype).copy_(state).DetachFromDisposeScope();
    }

    /// <summary>Takes over hyperparameters and copies of the state of another optimizer of the same class: all or nothing.</summary>
    /// <exception cref="ArgumentException">The dictionary is of another optimizer, or of other groups or parameters; nothing is
    /// changed.</exception>
    public void Load(optim.Optimizer.StateDictionary source, optim.Optimizer.StateDictionary own)
    {
        ArgumentNullException.ThrowIfNull(source, "state_dict");
        Check(source, own);
        var parameters = groups.SelectMany(g => g.Parameters).ToList();
        var copies = new List<StateTensors>();
        try
        {
            using var quiet = no_grad();
            for (var k = 0; k < own.State.Count; k++) copies.Add(Copy(Owned((TState)source.State[k]), parameters[k]));
        }
        catch
        {
            foreach (var copy in copies) copy.Dispose();
            throw;
        }
        for (var k = 0; k < own.Options.Count; k++) own.Options[k].LoadStateDict(source.Options[k]);
        for (var k = 0; k < own.State.Count; k++)
        {
            var (from, to) = ((TState)source.State[k], (TState)own.State[k]);
            if (!ReferenceEquals(from, to)) Owned(to).Dispose();
            CopyNumbers(from, to);
            Own(to, copies[k]);
        }
        Keep();

        static StateTensors Copy(StateTensors tensors, Parameter param) =>
            new(CopyOf(tensors.First, param), CopyOf(tensors.Second, param), CopyOf(tensors.Third, param));
        static Tensor? CopyOf(Tensor? tensor, Parameter param) => tensor?.to(param.device, copy: true).DetachFromDisposeScope();
    }

    private void Check(optim.Optimizer.StateDictionary source, optim.Optimizer.StateDictionary own)
    {
        if (source.Options.Count != own.Options.Count)
            throw new ArgumentException(
                $"The dictionary has {source.Options.Count} parameter groups, the optimizer {own.Options.Count}.", "state_dict");
        if (source.State.Count != own.State.Count)
            throw new ArgumentException(
                $"The dictionary has {source.State.Count} parameters, the optimizer {own.State.Count}.", "state_dict");
        foreach (var part in source.Options.Cast<object?>().Concat(source.State))
            if (part is not (TOptions or TState))
                throw new ArgumentException(
                    $"The dictionary is of {part?.GetType().DeclaringType?.Name ?? "nothing"}; {Optimizer} needs one of {Optimizer}.",
                    "state_dict");
        var place = 0;
        foreach (var (state, param) in source.State.Zip(groups.SelectMany(g => g.Parameters)))
        {
            foreach (var tensor in Owned((TState)state).All)
                if (tensor.IsInvalid || tensor.dtype != param.dtype || !Shapes.Equal(tensor, param))
                    throw new ArgumentException(
                        $"The dictionary's state of {NameOf(param, place)} is "
                        + $"{(tensor.IsInvalid ? "disposed" : $"{tensor.dtype} of shape [{string.Join(", ", tensor.shape)}]")}.",
                        "state_dict");
            place++;
        }
    }

    /// <summary>Frees what keeps the state alive.</summary>
    public void Dispose()
    {
        disposed = true;
        foreach (var one in kept) one.Dispose();
        kept.Clear();
    }

    // A state's tensors as they were last, and second references to their memory.
    private readonly record struct Kept(TState? State, StateTensors Seen, StateTensors Anchors)
    {
        public void Dispose() => Anchors.Dispose();
    }
}
