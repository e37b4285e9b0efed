#nullable disable   // as annotated in the real one: not at all
using TorchSharp.Utils;

namespace TorchSharp.Modules;

/// <summary>Base of the optimizers written in managed code: parameter groups, state, its files.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    protected enum TypeCode { Double, Long, Tensor, Options, State }

    protected OptimizerOptions _defaults;
    protected OrderedDict<IntPtr, OptimizerState> _state = new();

    public OptimizerHelper() : base(IntPtr.Zero) { }

    public override IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

    public override void add_param_group(ParamGroup param_group) => _parameter_groups.Add(param_group);

    /// <summary>The closure runs with gradients; the body, once a group, without them and in a dispose scope of its own.</summary>
    protected Tensor _step<T>(Action<T> body, Func<Tensor> loss_closure = null) where T : ParamGroup
    {
        Tensor loss = null;
        if (loss_closure is not null)
            using (enable_grad()) loss = loss_closure();

        using (no_grad())
        using (NewDisposeScope())
            foreach (var group in _parameter_groups) body(group as T);
        return loss;
    }

    // ---- state ----

    public virtual StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        foreach (var group in _parameter_groups)
        {
            var indices = new List<int>();
            foreach (var parameter in group.Parameters)
            {
                indices.Add(dictionary.State.Count);
                dictionary.State.Add(_state[parameter.Handle]);
            }
            dictionary.Options.Add(group.Options);
            dictionary.StateIndexRef.Add(indices);
        }
        return dictionary;
    }

    public virtual void load_state_dict(StateDictionary state_dict)
    {
        var own = this.state_dict();
        CheckCounts(own, state_dict.Options.Count, state_dict.State.Count);
        foreach (var (target, source) in own.Options.Zip(state_dict.Options))
            if (target != source) target.LoadStateDict(source);
        foreach (var (target, source) in own.State.Zip(state_dict.State))
            if (target != source) target.LoadStateDict(source);
    }

    /// <summary>Layout: type name; number of groups and of parameters, each LEB128; options of each group; state of each parameter.</summary>
    public void save_state_dict(BinaryWriter writer)
    {
        var own = state_dict();
        writer.Write(GetType().Name);
        writer.Encode(own.Options.Count);
        writer.Encode(own.State.Count);
        foreach (var options in own.Options) options.SaveStateDict(writer);
        foreach (var state in own.State) state.SaveStateDict(writer);
    }

    public void load_state_dict(BinaryReader reader)
    {
        var name = reader.ReadString();
        if (name != GetType().Name)
            throw new InvalidDataException($"Mismatched optimizer type: expected '{GetType().Name}', but found '{name}' in the loaded stream.");
        var own = state_dict();
        CheckCounts(own, reader.Decode(), reader.Decode());
        foreach (var options in own.Options) options.LoadStateDict(reader);
        foreach (var state in own.State) state.LoadStateDict(reader);
    }

    public void save_state_dict(string location)
    {
        using var writer = new BinaryWriter(File.Create(location));
        save_state_dict(writer);
    }

    public void load_state_dict(string location)
    {
        using var reader = new BinaryReader(File.OpenRead(location));
        load_state_dict(reader);
    }

    public void to(Device device)
    {
        foreach (var parameter in parameters()) _state[parameter.Handle].to(device);
    }

    private static void CheckCounts(StateDictionary own, long groups, long states)
    {
        if (groups != own.Options.Count) throw new ArgumentException("Invalid optimizer state -- different number of parameter groups.");
        if (states != own.State.Count) throw new ArgumentException("Invalid optimizer state -- different number of states.");
    }

    // ---- what the optimizers of this folder share ----

    internal void Start(OptimizerOptions defaults, double lr, IEnumerable<ParamGroup> groups)
    {
        defaults.LearningRate = defaults.InitialLearningRate = lr;
        _defaults = defaults;
        _parameter_groups = new List<ParamGroup>();
        foreach (var group in groups) add_param_group(group);
    }

    /// <summary>Adds a group. What its options leave open takes the optimizer's value; each parameter gets its state.</summary>
    internal void Add<TOptions>(ParamGroup group, Func<Parameter, OptimizerState> create, Action<TOptions, TOptions> complete) where TOptions : OptimizerOptions, new()
    {
        var options = (TOptions)(group.Options ??= new TOptions());
        options.LearningRate ??= _defaults.LearningRate;
        options.InitialLearningRate = options.LearningRate.Value;
        complete(options, (TOptions)_defaults);
        _parameter_groups.Add(group);
        foreach (var parameter in group.Parameters)
        {
            var state = _state[parameter.Handle] = create(parameter);
            state.Initialize(options);
        }
    }

    /// <summary>The parameters of a group that have a gradient, with it and their state.</summary>
    internal IEnumerable<(Parameter, Tensor, TState)> Gradients<TState>(ParamGroup group) where TState : OptimizerState
    {
        foreach (var parameter in group.Parameters)
            if (parameter.grad is { } grad) yield return (parameter, grad, (TState)_state[parameter.Handle]);
    }

    internal void DisposeState()
    {
        foreach (var (_, state) in _state) ((IDisposable)state).Dispose();
    }
}
