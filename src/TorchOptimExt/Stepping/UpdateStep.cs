using TorchOptimExt.Cuda;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Simd;
using TorchOptimExt.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchOptimExt.Stepping;

/// <summary>
/// One step of an optimizer by an update rule: reads what each parameter is, checks everything, then runs each parameter where it fits, so
/// that an odd one never slows the others: in one pass over memory (<see cref="FusedPass{TRule}"/>), on CUDA
/// (<see cref="CudaPass{TRule}"/>), by tensor operations (<see cref="TensorPass"/>), or, for sparse gradients, by TorchSharp's own step. An
/// optimizer adds its rule, its state tensors and what else changes.
/// </summary>
/// <remarks>
/// This is what is remembered from one step to the next, by a parameter's place among all: the way from a parameter to its state, as long
/// as the parameter is the same object with the same native handle, until <see cref="Forget"/>; what is fixed of a native tensor
/// (<see cref="KnownTensor"/>), as long as object and handle are the same; and that no parameters share memory, as long as every address
/// and length is the same. All else is asked anew in every step, since it can change in place: handles (a disposed parameter has none),
/// which parameters there are, shapes, strides, addresses, everything of the gradients, options, which tensors a state has. Within a step
/// one rule serves all parameters of a group with the same <see cref="RuleKey"/>.
/// </remarks>
internal abstract class UpdateStep<TOptions, TState, TRule>
    where TOptions : OptimizerOptions where TState : OptimizerState where TRule : struct, IUpdateRule
{
    private readonly CudaKernels kernels = CudaKernels.Current;
    private readonly Passes<TRule> plain;
    private readonly SharedMemory shared = new();
    private readonly List<(Segment<TRule> segment, int device)> launched = [];
    private Passes<Scaled<TRule>>? scaled;
    private TensorFacts facts, grad, first, second, third;       // of the parameter that is being gathered
    private readonly List<Tensor> wrappers = [];        // of gradients, where the exports cannot be asked
    private Visit[] visits = [];
    private nint held;          // the gradient that is being asked
    private int count;
    private double factor;
    private (TOptions? options, long key, TRule rule) latest;

    protected UpdateStep() => plain = new(kernels);

    /// <summary>Whether the last step ran without tensor operations.</summary>
    public bool Fused { get; private set; }

    public string? NotFusedBecause { get; private set; }

    public Func<double?>? GradientScale { get; set; }

    /// <summary>The rule of a parameter's next update.</summary>
    protected abstract TRule Rule(TOptions options, TState state);

    /// <summary>
    /// What besides the options a rule depends on, where that is one number; null where each parameter needs a rule of its own.
    /// </summary>
    protected virtual long? RuleKey(TState state) => null;

    /// <summary>The state tensors that a parameter's next update visits.</summary>
    protected abstract StateTensors States(TOptions options, TState state, Parameter param);

    /// <summary>Called for each parameter that was updated.</summary>
    protected virtual void Updated(TOptions options, TState state) { }

    /// <summary>Called where nothing was updated: what <see cref="States"/> made is not needed.</summary>
    protected virtual void Abandoned() { }

    /// <summary>What messages call the optimizer.</summary>
    protected abstract string Optimizer { get; }

    /// <summary>What messages call a parameter, by its place among all.</summary>
    protected abstract string NameOf(Parameter param, int place);

    /// <summary>Mends or refuses a state of which a tensor is not alive.</summary>
    protected virtual void KeepAlive(TState state, Parameter param, int place) { }

    /// <summary>A parameter's state.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    protected TState StateOf(OrderedDict<nint, OptimizerState> states, Parameter param, int place) =>
        states.TryGetValue(param.Handle, out var state) ? (TState)state : throw new InvalidOperationException(
            $"{Optimizer}: {NameOf(param, place)} has another tensor than when it was added, "
            + "so that there is no state for it; make a new optimizer.");

    /// <summary>Parameters may have other states from now on.</summary>
    protected void Forget() => Array.Clear(visits);

    /// <summary>A new step: nothing is known of it yet.</summary>
    public void Begin() => (Fused, NotFusedBecause) = (false, null);

    /// <summary>Updates each parameter that has a gradient.</summary>
    /// <param name="sparseStep">TorchSharp's own step, for gradients that are sparse; null where they are an error.</param>
    /// <exception cref="InvalidOperationException">A parameter, its gradient or its state cannot be used; nothing is changed.</exception>
    public void Run(IList<ParamGroup> groups, OrderedDict<nint, OptimizerState> states, Action? sparseStep = null)
    {
        if (Factor() is not { } found) return;
        factor = found;
        var done = false;
        try
        {
            Gather(groups, states, sparseStep is not null);
            Separate();
            Apply(sparseStep);
            done = true;
        }
        finally
        {
            if (!done) Abandoned();
            Release();
        }
        Fused = NotFusedBecause is null;
    }

    // Null where the step is to be left out.
    private double? Factor()
    {
        if (GradientScale is not { } ask) return 1;
        var asked = ask();
        if (asked is null) NotFusedBecause = "GradientScale left the step out";
        else if (!double.IsFinite(asked.Value))
            throw new InvalidOperationException(
                $"{Optimizer}: GradientScale returned {asked}; it must be finite, or null to leave the step out.");
        return asked;
    }

    private void Gather(IList<ParamGroup> groups, OrderedDict<nint, OptimizerState> states, bool takesSparse)
    {
        (count, latest) = (0, default);
        for (var g = 0; g < groups.Count; g++)
        {
            var options = (TOptions)groups[g].Options;
            var parameters = groups[g].List();
            if (count + parameters.Count > visits.Length) Array.Resize(ref visits, 2 * (count + parameters.Count));
            for (var p = 0; p < parameters.Count; p++)
            {
                Gather(options, parameters[p], states, takesSparse);
                GiveGradientBack();
            }
        }
    }

    private void Gather(TOptions options, Parameter param, OrderedDict<nint, OptimizerState> states, bool takesSparse)
    {
        ref var visit = ref visits[count];
        (visit.Route, visit.Place) = (Route.None, count);
        if (!ReferenceEquals(visit.Options, options)) visit.Options = options;
        if (param.IsInvalid) throw new InvalidOperationException($"{Optimizer}: {Disposed(NameOf(param, count))}");
        count++;
        if (!ReadGradient(param)) return;
        if (!ReferenceEquals(param, visit.Param) || visit.Known.Handle != param.Handle)
            (visit.Param, visit.State) = (param, StateOf(states, param, visit.Place));
        KeepAlive(visit.State, param, visit.Place);
        facts.Read(param, ref visit.Known);
        Check(visit, takesSparse);
        (visit.Address, visit.Bytes) = (facts.Address, facts.Bytes);
        if (grad.IsSparse)
        {
            visit.Route = Route.TorchSharp;
            NotFusedBecause ??= Refusal(visit, "its gradient is sparse");
        }
        else Choose(ref visit, States(options, visit.State, param));
    }

    // Held while it is asked; the parameter itself keeps its gradient alive during the step.
    private bool ReadGradient(Parameter param)
    {
        if (NativeTensor.Available)
        {
            held = NativeTensor.Gradient(param.Handle);
            if (held == 0) return false;
            grad.Read(held);
            return true;
        }
        if (param.grad is not { } wrapper) return false;
        wrappers.Add(wrapper);
        grad = new(wrapper);
        return true;
    }

    private void GiveGradientBack()
    {
        if (held == 0) return;
        NativeTensor.Release(held);
        held = 0;
    }

    /// <summary>What is said of a parameter whose tensor is gone.</summary>
    internal static string Disposed(string parameter) =>
        $"{parameter} was disposed or replaced since the optimizer was made, as model.to(dtype) does. "
        + "Convert the model first and make the optimizer from its parameters then.";

    private TRule RuleFor(TOptions options, TState state)
    {
        if (RuleKey(state) is not { } key) return Rule(options, state);
        if (ReferenceEquals(latest.options, options) && latest.key == key) return latest.rule;
        latest = (options, key, Rule(options, state));
        return latest.rule;
    }

    private void Check(in Visit visit, bool takesSparse)
    {
        var misfit = grad.IsSparse ? takesSparse ? null : "is sparse; only dense gradients are supported"
            : grad.Type != facts.Type ? $"is {grad.Type}, the parameter {facts.Type}"
            : !SameDevice(grad, facts) ? $"is on {grad.Where}, the parameter on {facts.Where}"
            : !grad.SameShape(facts) ? $"has shape {grad.Shape}, the parameter {facts.Shape}" : null;
        if (misfit is not null) throw new InvalidOperationException($"{Optimizer}: the gradient of {NameOf(visit)} {misfit}.");
        if (facts.OverlapsItself)
            throw new InvalidOperationException(
                $"{Optimizer}: several elements of {NameOf(visit)} share memory, as in what expand() returns; optimize a clone() of it.");
    }

    private static bool SameDevice(
        in TensorFacts a, in TensorFacts b) => a.Device == b.Device && (a.Device == DeviceType.CPU || a.DeviceIndex == b.DeviceIndex);

    private string NameOf(in Visit visit) => NameOf(visit.Param, visit.Place);

    private string Refusal(in Visit visit, string reason) => $"{NameOf(visit)} cannot be visited in one pass: {reason}";

    // Where a dense parameter is updated. Nothing runs before all are checked.
    private void Choose(ref Visit visit, in StateTensors states)
    {
        first.Read(states.First, ref visit.First);
        second.Read(states.Second, ref visit.Second);
        third.Read(states.Third, ref visit.Third);
        CheckState(visit, first);
        CheckState(visit, second);
        CheckState(visit, third);
        var onCuda = facts.Device == kernels.DeviceType && NativeTensor.Available;
        var elements = Elements.Float32;
        var reason = (onCuda ? null : Jit.Unoptimized) ?? OnePass.Obstacle(facts, grad, first, second, third, out elements,
            onCuda ? kernels.DeviceType : DeviceType.CPU);
        if (reason is not null)
        {
            visit.Route = Route.Tensors;
            NotFusedBecause ??= Refusal(visit, reason);
            return;
        }
        var segment = new Segment<TRule>(RuleFor(visit.Options, visit.State), elements,
            facts.Address, grad.Address, first.Address, second.Address, third.Address, facts.Length);
        if (onCuda) (visit.Route, visit.Index) = (Route.Cuda, Launched(segment));
        else (visit.Route, visit.Index) = (Route.OnePass,
            factor == 1 ? plain.OnePass.Add(segment) : Scaled.OnePass.Add(Multiplied(segment)));
    }

    private int Launched(in Segment<TRule> segment)
    {
        launched.Add((segment, facts.DeviceIndex));
        return launched.Count - 1;
    }

    private Passes<Scaled<TRule>> Scaled => scaled ??= new(kernels);

    private Segment<Scaled<TRule>> Multiplied(in Segment<TRule> segment) => segment.With(new Scaled<TRule>(segment.Rule, factor));

    private void CheckState(in Visit visit, in TensorFacts state)
    {
        if (state.Handle == 0) return;
        if (!SameDevice(state, facts))
            throw new InvalidOperationException(
                $"{Optimizer}: the state of {NameOf(visit)} is on {state.Where}, the parameter on {facts.Where}; "
                + "move it by optimizer.to(device).");
        if (!state.SameShape(facts))
            throw new InvalidOperationException(
                $"{Optimizer}: the state of {NameOf(visit)} has shape {state.Shape}, the parameter {facts.Shape}; "
                + "make a new optimizer.");
    }

    // Parameters that share memory are updated one after the other, as TorchSharp does.
    private void Separate()
    {
        shared.Begin(count);
        for (var k = 0; k < count; k++)
            if (visits[k].Route != Route.None && visits[k].Address != 0) shared.Add(visits[k].Address, visits[k].Bytes, k);
        foreach (var (one, other) in shared.Find())
        {
            NotFusedBecause ??= $"{NameOf(visits[one])} and {NameOf(visits[other])} share memory";
            foreach (var k in (ReadOnlySpan<int>)[one, other]) LeaveToTensors(ref visits[k]);
        }
    }

    private void LeaveToTensors(ref Visit visit)
    {
        if (visit.Route is not (Route.OnePass or Route.Cuda)) return;
        if (visit.Route == Route.OnePass)
        {
            if (factor == 1) plain.OnePass.Drop(visit.Index);
            else Scaled.OnePass.Drop(visit.Index);
        }
        visit.Route = Route.Tensors;
    }

    // What may fail comes first.
    private void Apply(Action? sparseStep)
    {
        var (sparse, onTensors) = (0, 0);
        for (var k = 0; k < count; k++)
        {
            if (visits[k].Route == Route.Cuda) AddToLaunch(ref visits[k]);
            if (visits[k].Route == Route.Tensors) onTensors++;
            else if (visits[k].Route == Route.TorchSharp) sparse++;
        }
        if (sparse > 0) RunTorchSharps(sparseStep!);
        for (var k = 0; onTensors > 0 && k < count; k++)
            if (visits[k].Route == Route.Tensors) RunOnTensors(visits[k]);
        plain.Run();
        scaled?.Run();
        for (var k = 0; k < count; k++)
            if (visits[k].Route is Route.OnePass or Route.Cuda) Updated(visits[k].Options, visits[k].State);
    }

    // What has no kernel is updated by tensor operations.
    private void AddToLaunch(ref Visit visit)
    {
        var (segment, device) = launched[visit.Index];
        var reason = factor == 1 ? Refused(plain.Cuda, segment) : Refused(Scaled.Cuda, Multiplied(segment));
        if (reason is null) return;
        visit.Route = Route.Tensors;
        NotFusedBecause ??= Refusal(visit, reason);

        string? Refused<R>(CudaPass<R> pass, in Segment<R> added) where R : struct, IUpdateRule =>
            pass.Add(device, added) ? null : pass.Refused;
    }

    // The rule is made anew: of two that share a state, too, the second update follows the first.
    private void RunOnTensors(in Visit visit)
    {
        using var gradient = visit.Param.grad;
        var rule = Rule(visit.Options, visit.State);
        var (first, second, third) = States(visit.Options, visit.State, visit.Param);
        if (factor == 1) TensorPass.Run(rule, visit.Param, gradient!, first, second, third);
        else TensorPass.Run(new Scaled<TRule>(rule, factor), visit.Param, gradient!, first, second, third);
        Updated(visit.Options, visit.State);
    }

    // TorchSharp's step goes over all parameters that have a gradient: those of the others are set aside meanwhile.
    private void RunTorchSharps(Action step)
    {
        var aside = new List<(Parameter param, Tensor grad)>();
        try
        {
            for (var k = 0; k < count; k++)
            {
                if (visits[k].Route == Route.None || (visits[k].Route == Route.TorchSharp && factor == 1)) continue;
                var param = visits[k].Param;
                var grad = param.grad!;
                aside.Add((param, grad));
                using var other = visits[k].Route == Route.TorchSharp ? grad.mul(factor) : null;
                param.grad = other;
            }
            step();
        }
        finally
        {
            foreach (var (param, grad) in aside)
            {
                param.grad = grad;
                grad.Dispose();
            }
        }
    }

    private void Release()
    {
        plain.Clear();
        scaled?.Clear();
        launched.Clear();
        GiveGradientBack();
        foreach (var wrapper in wrappers) wrapper.Dispose();
        wrappers.Clear();
    }

    private enum Route { None, OnePass, Cuda, Tensors, TorchSharp }

    // What a step knows of one parameter.
    private struct Visit
    {
        public Parameter Param;
        public TOptions Options;
        public TState State;
        public Route Route;
        public int Place, Index;        // among all; in the pass or the launches
        public nint Address;
        public long Bytes;
        public KnownTensor Known, First, Second, Third;
    }

    private sealed class Passes<R>(CudaKernels kernels) where R : struct, IUpdateRule
    {
        public FusedPass<R> OnePass { get; } = new();
        public CudaPass<R> Cuda { get; } = new(kernels);

        public void Run()
        {
            Cuda.Run();
            OnePass.Run();
        }

        public void Clear()
        {
            Cuda.Clear();
            OnePass.Clear();
        }
    }
}
