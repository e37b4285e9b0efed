using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Parameters;

/// <summary>
/// The base of the optimizers that TorchSharp lacks: checks before anything is changed, groups merged with the
/// defaults, all-or-nothing loading, disposal.
/// </summary>
/// <remarks>
/// A derived class creates its groups in its constructor by <see cref="AddGroups{TOptions}"/> or <c>AddGroup</c>, says by
/// <see cref="InitialState"/> what it remembers of a parameter, and overrides <c>step</c>. The optimizer owns its state and disposes it;
/// the parameters stay the caller's. Like TorchSharp's optimizers it is not safe to use from several threads at once.
/// </remarks>
public abstract class OptimizerBase : OptimizerHelper
{
    private readonly Dictionary<Parameter, string> names = new(ReferenceEqualityComparer.Instance);
    private readonly List<TensorState> states = [];
    private int staged;

    /// <summary>Creates an optimizer without groups; the derived constructor adds them with <see cref="AddGroups{TOptions}"/> or
    /// <c>AddGroup</c>.</summary>
    /// <param name="defaults">The learning rate and a value for each hyperparameter, which groups take where theirs is null.</param>
    /// <exception cref="ArgumentNullException"><paramref name="defaults"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A hyperparameter is out of its range.</exception>
    /// <exception cref="ArgumentException">The learning rate or a hyperparameter that is not optional is null.</exception>
    protected OptimizerBase(HyperparameterOptions defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        defaults.Complete();
        _defaults = defaults;
        _parameter_groups = [];
    }

    /// <summary>Whether the optimizer was disposed.</summary>
    protected bool IsDisposed { get; private set; }

    /// <summary>Makes what the optimizer remembers of a parameter when the parameter is added.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="options">The complete hyperparameters of its group.</param>
    /// <returns>Any numbers, and tensors of the parameter's shape, dtype and device, which the optimizer owns from then on.</returns>
    protected abstract (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options);

    internal (double[] numbers, Tensor[] tensors) Initial(Parameter parameter, OptimizerOptions options) =>
        InitialState(parameter, options);

    /// <summary>Adds one group of parameters with the optimizer's hyperparameters.</summary>
    /// <typeparam name="TOptions">The class of the optimizer's options.</typeparam>
    /// <param name="parameters">The parameters.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">The parameters do not fit; see <see cref="add_param_group"/>.</exception>
    protected void AddGroup<TOptions>(IEnumerable<Parameter> parameters) where TOptions : HyperparameterOptions, new()
    {
        ArgumentNullException.ThrowIfNull(parameters);
        add_param_group(new ParamGroup<TOptions>(parameters, new TOptions()));
    }

    /// <summary>Adds one group of named parameters with the optimizer's hyperparameters; error messages use the names.</summary>
    /// <inheritdoc cref="AddGroup{TOptions}(IEnumerable{Parameter})"/>
    protected void AddGroup<TOptions>(IEnumerable<(string name, Parameter parameter)> parameters)
        where TOptions : HyperparameterOptions, new() =>
        AddGroup<TOptions>(Named(parameters));

    /// <summary>Remembers names of parameters for error messages.</summary>
    /// <param name="parameters">The parameters with their names.</param>
    /// <returns>The parameters without their names.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    protected IEnumerable<Parameter> Named(IEnumerable<(string name, Parameter parameter)> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var list = parameters.ToList();
        foreach (var (name, parameter) in list) if (parameter is not null) names.TryAdd(parameter, $"parameter '{name}'");
        return list.Select(p => p.parameter);
    }

    /// <summary>Adds the first groups of an optimizer. Where one does not fit, the optimizer is disposed and the groups are free for
    /// another.</summary>
    /// <typeparam name="TOptions">The class of the optimizer's options.</typeparam>
    /// <param name="parameters">The groups, at least one, as the constructor was given them.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">There are no groups, one is null, or one does not fit; see
    /// <see cref="add_param_group"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A hyperparameter is out of its range.</exception>
    protected void AddGroups<TOptions>(IEnumerable<ParamGroup<TOptions>> parameters) where TOptions : HyperparameterOptions
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var list = parameters.ToList();
        if (list.Count == 0) throw new ArgumentException("The list of parameter groups is empty; give at least one.", nameof(parameters));
        try
        {
            foreach (var group in list) Add(
                group ?? throw new ArgumentException("The list of parameter groups holds a null.", nameof(parameters)), nameof(parameters));
        }
        catch
        {
            Dispose();      // there will be no such optimizer: its groups are free for another
            throw;
        }
    }

    /// <summary>What error messages call a parameter: its name, or its place and shape.</summary>
    /// <param name="parameter">One of the optimizer's parameters.</param>
    /// <returns>For example <c>parameter 'fc.weight'</c> or <c>parameter 0 of shape [10, 784]</c>.</returns>
    protected string NameOf(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return NameOf(parameter, parameters().TakeWhile(p => !ReferenceEquals(p, parameter)).Count());
    }

    private string NameOf(Parameter parameter, int place) => names.TryGetValue(parameter, out var name) ? name
        : parameter.IsInvalid ? $"parameter {place}" : $"parameter {place} of shape [{string.Join(", ", parameter.shape)}]";

    /// <summary>Gets what the optimizer remembers of a parameter.</summary>
    /// <param name="parameter">One of the optimizer's parameters.</param>
    /// <returns>The state itself, not a copy.</returns>
    protected TensorState StateOf(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return (TensorState)_state[parameter.Handle];
    }

    /// <summary>Adds a group of parameters, which may have hyperparameters of its own; what is null takes the optimizer's.</summary>
    /// <param name="param_group">The group. The optimizer fills in its options; where it has none, it gets a set of them.</param>
    /// <exception cref="ArgumentNullException"><paramref name="param_group"/> is null.</exception>
    /// <exception cref="ArgumentException">The options are of another class or belong to another optimizer; or the group has no parameters,
    /// or holds a null, a parameter twice or of another group, one that shares memory with another, a non-leaf, or one that is not of a
    /// real floating-point dtype. Nothing is changed then.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A hyperparameter is out of its range; nothing is changed then.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public override void add_param_group(ParamGroup param_group)
    {
        ArgumentNullException.ThrowIfNull(param_group);
        Add(param_group, nameof(param_group));
    }

    private void Add(ParamGroup group, string argument)
    {
        ThrowIfUnusable();
        var defaults = (HyperparameterOptions)_defaults;
        var options = group.Options ?? defaults.Open();
        if (options.GetType() != defaults.GetType())
            throw new ArgumentException(
                $"The group has {options.GetType().FullName}; {GetType().Name} needs {defaults.GetType().FullName}.", argument);
        List<Parameter> added = [.. group.Parameters ?? throw new ArgumentException("The group has no parameters.", argument)];
        var own = (HyperparameterOptions)options;
        if (own.Owner is { IsDisposed: false } owner && owner != this)
            throw new ArgumentException(
                $"The group's options belong to another {owner.GetType().Name}; give each optimizer options of its own.", argument);
        ParameterChecks.Check(added, [.. parameters()], NameOf);
        own.Complete(defaults, (HyperparameterOptions)(_parameter_groups.FirstOrDefault()?.Options ?? defaults), added);
        own.Owner = this;
        (group.Options, group.Parameters) = (own, added);
        AddWithStates(group);
    }

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

    /// <summary>Evaluates a closure with gradients on, as TorchSharp's optimizers do.</summary>
    /// <param name="closure">The closure, or null.</param>
    /// <returns>What the closure returned; null without one.</returns>
    protected static Tensor? Evaluate(Func<Tensor>? closure)
    {
        if (closure is null) return null;
        using var on = enable_grad();
        return closure();
    }

    /// <summary>Throws where a gradient cannot be that of a parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="grad">The gradient.</param>
    /// <exception cref="InvalidOperationException">The gradient is sparse, or its shape, dtype or device is not the
    /// parameter's.</exception>
    protected void CheckGradient(Parameter parameter, Tensor grad)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(grad);
        if (GradientChecks.MisfitOrSparse(parameter, grad) is { } misfit)
            throw new InvalidOperationException($"{GetType().Name}: the gradient of {NameOf(parameter)} {misfit}.");
    }

    /// <summary>Throws where the optimizer was disposed.</summary>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    protected internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    /// <summary>Throws where a step cannot begin. Call it first in <c>step</c>.</summary>
    /// <exception cref="InvalidOperationException">A parameter was disposed or replaced, or a schedule or the user set a hyperparameter to
    /// a value out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    protected void ThrowIfNotReady()
    {
        ThrowIfUnusable();
        for (var g = 0; g < _parameter_groups.Count; g++)
        {
            if (((HyperparameterOptions)_parameter_groups[g].Options).Wrong() is { } wrong)
                throw new InvalidOperationException($"{GetType().Name}: in parameter group {g}, {wrong}");
        }
    }

    /// <summary>Throws where the optimizer or one of its parameters was disposed; <c>Module.to(dtype)</c> disposes parameters,
    /// too.</summary>
    /// <exception cref="InvalidOperationException">A parameter was disposed or replaced.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    protected void ThrowIfUnusable()
    {
        ThrowIfDisposed();
        var place = 0;
        for (var g = 0; g < _parameter_groups.Count; g++)
        {
            var parameters = _parameter_groups[g].List();
            for (var p = 0; p < parameters.Count; p++, place++)
            {
                if (!parameters[p].IsInvalid) continue;
                throw new InvalidOperationException($"{GetType().Name}: {NameOf(parameters[p], place)} was disposed or replaced since " +
                    "the optimizer was made, as model.to(dtype) does. "
                    + "Convert the model first and make the optimizer from its parameters then.");
            }
        }
    }

    /// <summary>Sets the gradients of all parameters to 0.</summary>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public override void zero_grad()
    {
        ThrowIfUnusable();
        base.zero_grad();
    }

    // TorchSharp's load_state_dict(BinaryReader) asks for this dictionary and lets each entry read its part. The
    // entries keep what they read apart until the last one has succeeded; what an earlier load left is dropped here.

    /// <summary>Gets the hyperparameters of the groups and the states of the parameters: the objects themselves, not copies.</summary>
    /// <returns>The state, in the order of the groups and their parameters.</returns>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public override StateDictionary state_dict()
    {
        ThrowIfUnusable();
        DiscardStaged();
        return base.state_dict();
    }

    /// <summary>Takes over hyperparameters and state from another optimizer of the same class: all or nothing. Tensors are
    /// copied.</summary>
    /// <param name="state_dict">What <see cref="state_dict()"/> of the other optimizer returned.</param>
    /// <exception cref="ArgumentNullException"><paramref name="state_dict"/> is null.</exception>
    /// <exception cref="ArgumentException">The dictionary is of another optimizer or of other groups or parameters; nothing is changed
    /// then.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A hyperparameter is out of its range; nothing is changed then.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public override void load_state_dict(StateDictionary state_dict)
    {
        ArgumentNullException.ThrowIfNull(state_dict);
        Stage(state_dict.Options, state_dict.State);
        CommitStaged();
    }

    /// <summary>Checks and copies all of a state dictionary; <see cref="CommitStaged"/> takes it over.</summary>
    internal void Stage(IReadOnlyList<OptimizerOptions> options, IReadOnlyList<OptimizerState> saved)
    {
        var mine = state_dict();
        if (options.Count != mine.Options.Count)
            throw new ArgumentException(
                $"The dictionary has {options.Count} parameter groups, the optimizer {mine.Options.Count}.", "state_dict");
        if (saved.Count != mine.State.Count)
            throw new ArgumentException(
                $"The dictionary has {saved.Count} parameters, the optimizer {mine.State.Count}.", "state_dict");
        try
        {
            using var quiet = no_grad();
            for (var k = 0; k < options.Count; k++) ((HyperparameterOptions)mine.Options[k]).Stage(options[k]);
            for (var k = 0; k < saved.Count; k++) ((TensorState)mine.State[k]).Stage(saved[k]);
        }
        catch
        {
            DiscardStaged();
            throw;
        }
    }

    /// <summary>One entry has read its part; with the last one all count.</summary>
    internal void Staged()
    {
        if (++staged == _parameter_groups.Count + states.Count) CommitStaged();
    }

    internal void CommitStaged()
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

    /// <summary>Disposes the state; the parameters stay as they are. A second call does nothing.</summary>
    /// <param name="disposing">False where the garbage collector calls it.</param>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (IsDisposed || !disposing) return;
        IsDisposed = true;
        foreach (var state in states) state.Dispose();
    }
}
