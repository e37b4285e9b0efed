using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Base;

/// <summary>
/// The base of the optimizers that TorchSharp lacks: checks before anything is changed, groups merged with the
/// defaults, all-or-nothing loading, disposal.
/// </summary>
public abstract class OptimizerBase : OptimizerHelper
{
    private readonly Dictionary<nint, string> names = [];
    private readonly List<TensorState> states = [];
    private int staged;

    /// <summary>An optimizer without groups; the derived constructor adds them with <see cref="AddGroups{TOptions}"/>.</summary>
    /// <param name="defaults">A value for each hyperparameter.</param>
    /// <exception cref="ArgumentOutOfRangeException">A hyperparameter is out of its range.</exception>
    protected OptimizerBase(HyperparameterOptions defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        defaults.Complete(null);
        _defaults = defaults;
        _parameter_groups = [];
    }

    /// <summary>Whether the optimizer was disposed.</summary>
    protected bool IsDisposed { get; private set; }

    /// <summary>The numbers and tensors that a parameter starts with. The tensors have its shape, dtype and device.</summary>
    protected abstract (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options);

    internal (double[] numbers, Tensor[] tensors) Initial(Parameter parameter, OptimizerOptions options) => InitialState(parameter, options);

    /// <summary>One group of parameters with all defaults.</summary>
    protected void AddGroup<TOptions>(IEnumerable<Parameter> parameters) where TOptions : HyperparameterOptions, new()
    {
        ArgumentNullException.ThrowIfNull(parameters);
        add_param_group(new ParamGroup<TOptions>(parameters, new TOptions()));
    }

    /// <summary>One group of parameters whose names appear in messages.</summary>
    protected void AddGroup<TOptions>(IEnumerable<(string name, Parameter parameter)> parameters) where TOptions : HyperparameterOptions, new() =>
        AddGroup<TOptions>(Named(parameters));

    /// <summary>These parameters, whose names messages use from now on.</summary>
    protected IEnumerable<Parameter> Named(IEnumerable<(string name, Parameter parameter)> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var list = parameters.ToList();
        foreach (var (name, parameter) in list) if (parameter is not null) names.TryAdd(parameter.Handle, $"parameter '{name}'");
        return list.Select(p => p.parameter);
    }

    /// <summary>Several groups.</summary>
    protected void AddGroups<TOptions>(IEnumerable<ParamGroup<TOptions>> groups) where TOptions : HyperparameterOptions
    {
        ArgumentNullException.ThrowIfNull(groups, "parameters");     // as the constructors call them
        var list = groups.ToList();
        if (list.Count == 0) throw new ArgumentException("The list of parameter groups is empty; give at least one.", "parameters");
        try
        {
            foreach (var group in list) add_param_group(group);
        }
        catch
        {
            Dispose();      // there will be no such optimizer: its groups are free for another
            throw;
        }
    }

    /// <summary>How messages call a parameter.</summary>
    protected string NameOf(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (names.TryGetValue(parameter.Handle, out var name)) return name;
        var place = parameters().TakeWhile(p => p.Handle != parameter.Handle).Count();
        return $"parameter {place} of shape [{string.Join(", ", parameter.shape)}]";
    }

    /// <summary>The state of a parameter.</summary>
    protected TensorState StateOf(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return (TensorState)_state[parameter.Handle];
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The parameters or options do not fit, or the options are those of another optimizer; nothing is changed then.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A hyperparameter is out of its range; nothing is changed then.</exception>
    public override void add_param_group(ParamGroup param_group)
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(param_group);
        var defaults = (HyperparameterOptions)_defaults;
        var options = param_group.Options ?? defaults.Open();
        if (options.GetType() != defaults.GetType())
            throw new ArgumentException($"The group has {options.GetType().FullName}; {GetType().Name} needs {defaults.GetType().FullName}.", nameof(param_group));
        List<Parameter> added = [.. param_group.Parameters ?? throw new ArgumentException("The group has no parameters.", nameof(param_group))];
        var own = (HyperparameterOptions)options;
        if (own.Owner is { IsDisposed: false } owner && owner != this)
            throw new ArgumentException($"The group's options belong to another {owner.GetType().Name}; give each optimizer options of its own.", nameof(param_group));
        ParameterChecks.Check(added, parameters(), NameOf);
        own.Complete(DefaultsFor(own));
        own.Owner = this;
        (param_group.Options, param_group.Parameters) = (own, added);
        AddWithStates(param_group);
    }

    /// <summary>What a group that is about to join takes where it leaves a value open.</summary>
    /// <exception cref="ArgumentException">Its options do not go with those of the other groups.</exception>
    private protected virtual HyperparameterOptions DefaultsFor(HyperparameterOptions options) => (HyperparameterOptions)_defaults;

    private void AddWithStates(ParamGroup group)
    {
        var before = states.Count;
        _parameter_groups.Add(group);
        try
        {
            foreach (var parameter in group.Parameters) AddState(parameter, group.Options);
        }
        catch
        {
            _parameter_groups.Remove(group);
            ((HyperparameterOptions)group.Options).Owner = null;
            foreach (var (parameter, state) in group.Parameters.Zip(states.Skip(before)))
            {
                _state.Remove(parameter.Handle);
                state.Dispose();
            }
            states.RemoveRange(before, states.Count - before);
            throw;
        }
    }

    private void AddState(Parameter parameter, OptimizerOptions options)
    {
        var (numbers, tensors) = InitialState(parameter, options);
        var state = new TensorState(parameter, this, numbers, tensors);
        _state[parameter.Handle] = state;
        states.Add(state);
    }

    /// <summary>Evaluates a closure with gradients on, as TorchSharp's optimizers do; null without one.</summary>
    protected static Tensor? Evaluate(Func<Tensor>? closure)
    {
        if (closure is null) return null;
        using var on = enable_grad();
        return closure();
    }

    /// <summary>Throws where a gradient cannot be that of the parameter.</summary>
    /// <exception cref="InvalidOperationException">It is sparse or complex, or has another shape, dtype or device.</exception>
    protected void CheckGradient(Parameter parameter, Tensor grad)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(grad);
        if (GradientChecks.MisfitOrSparse(parameter, grad) is { } misfit)
            throw new InvalidOperationException($"{GetType().Name}: the gradient of {NameOf(parameter)} {misfit}.");
    }

    /// <summary>Throws after disposal.</summary>
    protected internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    /// <inheritdoc/>
    public override void zero_grad()
    {
        ThrowIfDisposed();
        base.zero_grad();
    }

    // TorchSharp's load_state_dict(BinaryReader) asks for this dictionary and lets each entry read its part. The
    // entries keep what they read apart until the last one has succeeded; what an earlier load left is dropped here.

    /// <inheritdoc/>
    public override StateDictionary state_dict()
    {
        ThrowIfDisposed();
        DiscardStaged();
        return base.state_dict();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The dictionary is of another optimizer or of other groups or parameters; nothing is changed then.</exception>
    public override void load_state_dict(StateDictionary state_dict)
    {
        ArgumentNullException.ThrowIfNull(state_dict);
        var mine = this.state_dict();
        if (state_dict.Options.Count != mine.Options.Count) throw new ArgumentException($"The dictionary has {state_dict.Options.Count} parameter groups, the optimizer {mine.Options.Count}.", nameof(state_dict));
        if (state_dict.State.Count != mine.State.Count) throw new ArgumentException($"The dictionary has {state_dict.State.Count} parameters, the optimizer {mine.State.Count}.", nameof(state_dict));
        try
        {
            using var quiet = no_grad();
            for (var k = 0; k < mine.Options.Count; k++) ((HyperparameterOptions)mine.Options[k]).Stage(state_dict.Options[k]);
            for (var k = 0; k < mine.State.Count; k++) ((TensorState)mine.State[k]).Stage(state_dict.State[k]);
        }
        catch
        {
            DiscardStaged();
            throw;
        }
        CommitStaged();
    }

    /// <summary>One entry has read its part; with the last one all count.</summary>
    internal void Staged()
    {
        if (++staged == _parameter_groups.Count + states.Count) CommitStaged();
    }

    private void CommitStaged()
    {
        foreach (var group in _parameter_groups) ((HyperparameterOptions)group.Options).Commit();
        foreach (var state in states) state.Commit();
        staged = 0;
    }

    private void DiscardStaged()
    {
        foreach (var group in _parameter_groups) ((HyperparameterOptions)group.Options).Discard();
        foreach (var state in states) state.Discard();
        staged = 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (IsDisposed || !disposing) return;
        IsDisposed = true;
        foreach (var state in states) state.Dispose();
    }
}
