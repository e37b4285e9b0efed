using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Simd;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchOptimExt.Stepping;

/// <summary>
/// What the fused versions of TorchSharp's optimizers share: one pass over all parameters, or nothing where one of them
/// cannot take part. An optimizer adds its rule, which tensors a step visits, and what else changes in a state.
/// </summary>
internal abstract class FusedStep<TOptions, TState, TRule>
    where TOptions : OptimizerOptions where TState : OptimizerState where TRule : struct, IUpdateRule
{
    private readonly FusedPass<TRule> pass = new();
    private readonly List<TState> visited = [];
    private readonly Dictionary<nint, string> names = [];
    private string? shared;
    private (Parameter param, int place)? refused;

    public bool Fused { get; private set; }
    public string? NotFusedBecause { get; private set; }
    public Func<double?>? GradientScale { get; set; }

    /// <summary>The rule of a parameter's next update.</summary>
    protected abstract TRule Rule(TOptions options, TState state);

    /// <summary>The state tensors that its next update visits.</summary>
    protected abstract StateTensors Visited(TOptions options, TState state, Parameter param);

    /// <summary>All tensors of a state.</summary>
    protected abstract StateTensors Owned(TState state);

    /// <summary>A state tensor that an option needs.</summary>
    /// <exception cref="InvalidOperationException">It is not there: TorchSharp makes it when a parameter is added, if the option is on then.</exception>
    protected static Tensor Needed(Tensor? tensor, string option) => tensor ??
        throw new InvalidOperationException($"{typeof(TState).DeclaringType!.Name}: {option} was switched on after the parameters were added, so their state lacks what it needs.");

    /// <summary>Why a group's options cannot be used in one pass; null where they can.</summary>
    protected virtual string? Obstacle(TOptions options) => null;

    /// <summary>Called for each parameter that was updated.</summary>
    protected virtual void Updated(TState state) { }

    /// <summary>Called where nothing was updated: what <see cref="Visited"/> made is not needed.</summary>
    protected virtual void Abandoned() { }

    /// <summary>Whether TorchSharp's own step can use a sparse gradient.</summary>
    protected virtual bool TakesSparse => false;

    /// <summary>What messages call these parameters.</summary>
    /// <exception cref="ArgumentNullException">There are none. It is not said before TorchSharp's constructor has run, whose finalizer would fail.</exception>
    public void Name(IEnumerable<(string name, Parameter parameter)>? parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        foreach (var (name, parameter) in parameters) names.TryAdd(parameter.Handle, name);
    }

    /// <summary>A group that is about to join others, with its parameters in a list, so that no step enumerates a model anew.</summary>
    public ParamGroup Prepared(ParamGroup added, IList<ParamGroup> present)
    {
        ArgumentNullException.ThrowIfNull(added, "param_group");
        ArgumentNullException.ThrowIfNull(added.Parameters, "parameters");
        added.Parameters = added.Parameters.ToList();
        if (ParameterChecks.ShareMemory([.. present.SelectMany(g => g.Parameters), .. added.Parameters])) shared = "parameters share memory";
        return added;
    }

    /// <summary>Evaluates the closure with gradients on, as TorchSharp does, and begins a step.</summary>
    public Tensor? Begin(Func<Tensor>? closure)
    {
        (Fused, NotFusedBecause) = (false, shared);
        pass.Clear();
        visited.Clear();
        if (closure is null) return null;
        using var on = enable_grad();
        return closure();
    }

    /// <summary>Updates each parameter that has a gradient; false, and nothing is changed, where TorchSharp's own step must do it.</summary>
    /// <exception cref="InvalidOperationException">A gradient cannot be that of its parameter; nothing is changed.</exception>
    public bool TryRun(IList<ParamGroup> groups, OrderedDict<nint, OptimizerState> states)
    {
        try
        {
            if (refused is var (param, at)) Refuse(param, at, Obstacle(param)); // what stood in the way last time usually still does
            var place = 0;
            for (var g = 0; g < groups.Count; g++)
            {
                var options = (TOptions)groups[g].Options;
                NotFusedBecause ??= Obstacle(options);
                var parameters = groups[g].List();
                for (var p = 0; p < parameters.Count; p++) Gather(options, parameters[p], (TState)states[parameters[p].Handle], place++);
            }
            if (NotFusedBecause is not null) return false;
            pass.Run();
            Fused = true;
        }
        finally
        {
            if (!Fused) Abandoned();
        }
        foreach (var state in visited) Updated(state);
        return true;
    }

    private void Gather(TOptions options, Parameter param, TState state, int place)
    {
        using var grad = param.grad;
        if (grad is null) return;
        if (NotFusedBecause is null)
        {
            visited.Add(state);
            var (first, second, third) = Visited(options, state, param);
            if (pass.Add(Rule(options, state), param, grad, first, second, third)) return;
            Refuse(param, place, pass.Refused);
        }
        var misfit = !TakesSparse ? GradientChecks.MisfitOrSparse(param, grad) : grad.is_sparse ? null : GradientChecks.Misfit(param, grad);
        if (misfit is not null) throw new InvalidOperationException($"{typeof(TState).DeclaringType!.Name}: the gradient of {NameOf(param, place)} of shape [{string.Join(", ", param.shape)}] {misfit}.");
    }

    private static string? Obstacle(Parameter param)
    {
        using var grad = param.grad;
        return grad is null ? null : FusedPass<TRule>.Obstacle(param);
    }

    private void Refuse(Parameter param, int place, string? obstacle)
    {
        refused = obstacle is null ? null : (param, place);
        if (obstacle is not null) NotFusedBecause ??= $"{NameOf(param, place)} cannot be visited in one pass: {obstacle}";
    }

    private string NameOf(Parameter param, int place) => names.TryGetValue(param.Handle, out var name) ? $"parameter '{name}'" : $"parameter {place}";

    /// <summary>Takes the tensors of all states out of the dispose scopes in which a load or move of TorchSharp's made them.</summary>
    public void Keep(OrderedDict<nint, OptimizerState> states)
    {
        for (var k = 0; k < states.Count; k++)
        {
            var (first, second, third) = Owned((TState)states[k].Item2);
            first?.DetachFromDisposeScope();
            second?.DetachFromDisposeScope();
            third?.DetachFromDisposeScope();
        }
    }
}
