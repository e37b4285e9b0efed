using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.PyTorch;

/// <summary>An optimizer's <c>state_dict()</c> as PyTorch has it.</summary>
internal abstract class OptimizerFormat
{
    public abstract PyTorchDictionary Write(OptimizerHelper optimizer);

    /// <summary>Checks all of a dictionary. Nothing is changed before the action that is returned runs, which does not fail.</summary>
    /// <exception cref="PyTorchFileException">The dictionary is of another optimizer, or of other groups or parameters.</exception>
    public abstract Action Read(PyTorchDictionary saved, OptimizerHelper optimizer);

    /// <summary>PyTorch's names of the options that tell classes apart.</summary>
    public virtual IEnumerable<string> OptionNames => [];
}

/// <summary>How one class of TorchSharp's, and what derives from it, is written and read.</summary>
internal sealed class OptimizerFormat<TOptions, TState> : OptimizerFormat
    where TOptions : OptimizerOptions, new() where TState : OptimizerState
{
    public required OptionFormat<TOptions>[] Options { get; init; }
    public required StateTensorFormat<TOptions, TState>[] Tensors { get; init; }
    public required Func<Parameter, TState> NewState { get; init; }

    /// <summary>What PyTorch keeps as tensors of one element and TorchSharp as numbers.</summary>
    public (string name, Func<TState, double> get, Action<TState, double> set)[] Numbers { get; init; } = [];

    /// <summary>The updates of a parameter; null where the class counts none.</summary>
    public (Func<TState, long> get, Action<TState, long> set)? Step { get; init; }

    /// <summary>Whether a state is written that has counted no step.</summary>
    public bool StateFromStart { get; init; }

    public override IEnumerable<string> OptionNames => Options.Where(option => option.Parse is not null).Select(option => option.Name);

    public override PyTorchDictionary Write(OptimizerHelper optimizer)
    {
        var (groups, states) = Parts(optimizer);
        var state = new PyTorchDictionary();
        for (var k = 0; k < states.Count; k++)
            if (Entry(states[k]) is { Count: > 0 } entry) state[k] = entry;
        var next = 0;
        return new()
        {
            ["state"] = state,
            ["param_groups"] = groups.ConvertAll(
                group => (object?)GroupEntry((TOptions)group.Options, group.Parameters.Select(_ => (object?)next++).ToList())),
        };
    }

    private static (List<ParamGroup> groups, List<TState> states) Parts(OptimizerHelper optimizer)
    {
        var groups = optimizer.ParamGroups.Cast<ParamGroup>().ToList();
        return (groups, optimizer.state_dict().State.ConvertAll(state => (TState)state));
    }

    private PyTorchDictionary Entry(TState state)
    {
        var entry = new PyTorchDictionary();
        var steps = Step?.get(state) ?? 1;
        if (steps == 0 && !StateFromStart) return entry;
        if (Step is not null) entry["step"] = tensor((float)steps);
        foreach (var (name, get, _) in Numbers) entry[name] = tensor((float)get(state));
        foreach (var format in Tensors)
            if (format.Get(state) is { } own) entry[format.Name] = own.detach();
        return entry;
    }

    private PyTorchDictionary GroupEntry(TOptions options, List<object?> parameters)
    {
        var entry = new PyTorchDictionary { ["lr"] = options.LearningRate };
        foreach (var option in Options) entry[option.Name] = option.Get(options);
        entry["initial_lr"] = options.InitialLearningRate;
        entry["params"] = parameters;
        return entry;
    }

    public override Action Read(PyTorchDictionary saved, OptimizerHelper optimizer)
    {
        var (groups, states) = Parts(optimizer);
        if (saved.GetValue("state") is not PyTorchDictionary savedStates || saved.GetValue("param_groups") is not List<object?> savedGroups)
            throw new PyTorchFileException("has an optimizer without 'state' or 'param_groups'.");
        if (savedGroups.Count != groups.Count)
            throw new PyTorchFileException($"has an optimizer with {savedGroups.Count} parameter groups; this one has {groups.Count}.");
        var (changes, place) = (new List<Action>(), 0);
        for (var g = 0; g < groups.Count; g++)
        {
            var entry = savedGroups[g] as PyTorchDictionary
                ?? throw new PyTorchFileException($"has a parameter group {g} that is no dictionary.");
            var (own, staged) = ((TOptions)groups[g].Options, new TOptions());
            var set = ReadGroup(entry);
            set(staged);
            changes.Add(() => set(own));
            foreach (var (number, parameter) in Places(entry, groups[g], g)) changes.Add(
                ReadState(savedStates.GetValue(number), staged, parameter, states[place++]));
        }
        return () => changes.ForEach(change => change());
    }

    private Action<TOptions> ReadGroup(PyTorchDictionary entry)
    {
        var all = OptionFormat<TOptions>.Number("lr", o => o.LearningRate, (o, rate) => o.LearningRate = rate).Parse!(entry.GetValue("lr"));
        var initial = entry.GetValue("initial_lr") is { } value
            ? OptionFormat<TOptions>.Number("initial_lr", o => o.InitialLearningRate, (o, rate) => o.InitialLearningRate = rate)
                .Parse!(value)
            : o => o.InitialLearningRate = o.LearningRate!.Value;
        all += initial;
        if (OptimizerFormats.OptionNames.Except(OptionNames).FirstOrDefault(name => entry.ContainsKey(name)) is { } foreign)
            throw new PyTorchFileException($"has an optimizer with '{foreign}': it is of another class.");
        foreach (var option in Options.Where(option => option.Parse is not null))
        {
            if (!entry.TryGetValue(option.Name, out var given) && (given = option.Missing) is null)
                throw new PyTorchFileException($"has an optimizer without '{option.Name}': it is of another class.");
            all += option.Parse!(given);
        }
        return all;
    }

    private static IEnumerable<(object number, Parameter parameter)> Places(PyTorchDictionary entry, ParamGroup group, int g)
    {
        var own = group.Parameters.ToList();
        if (entry.GetValue("params") is not List<object?> numbers || numbers.Count != own.Count)
            throw new PyTorchFileException($"has {(entry.GetValue("params") as List<object?>)?.Count ?? 0} parameters in group {g} of " +
                $"the optimizer; this one has {own.Count}.");
        return numbers.Select(
            (number, k) => (number is long ? number : throw new PyTorchFileException($"has a parameter without number in group {g}."),
                own[k]));
    }

    private Action ReadState(object? saved, TOptions options, Parameter parameter, TState own)
    {
        if (saved is not (null or PyTorchDictionary)) throw new PyTorchFileException("has a parameter's state that is no dictionary.");
        if (saved is not PyTorchDictionary { Count: > 0 } entry) return Fresh(options, parameter, own);
        Action change = () => { };
        if (Step is var (_, set))
        {
            var steps = StepOf(entry.GetValue("step"));
            change += () => set(own, steps);
        }
        foreach (var (name, _, setNumber) in Numbers)
        {
            var number = NumberOf(name, entry.GetValue(name));
            change += () => setNumber(own, number);
        }
        foreach (var format in Tensors)
        {
            var value = format.Needed?.Invoke(options) == false ? null : entry.GetValue(format.Name);
            if (value is null && format.Needed?.Invoke(options) == true)
                throw new PyTorchFileException(
                    $"has an optimizer state without '{format.Name}': it is of another class, or of other options.");
            change += Replacement(format, own, value is null ? null : Fitted(format.Name, value, parameter));
        }
        return change;
    }

    private Action Fresh(TOptions options, Parameter parameter, TState own)
    {
        var fresh = NewState(parameter);
        fresh.Initialize(options);
        Action change = Step is var (get, set) ? () => set(own, get(fresh)) : () => { };
        foreach (var (_, getNumber, setNumber) in Numbers) change += () => setNumber(own, getNumber(fresh));
        foreach (var format in Tensors) change += Replacement(format, own, format.Get(fresh));
        return change;
    }

    private static Action Replacement(StateTensorFormat<TOptions, TState> format, TState own, Tensor? loaded) => () =>
    {
        var before = format.Get(own);
        format.Set(own, loaded?.DetachFromDisposeScope());
        before?.Dispose();
    };

    // As PyTorch's load_state_dict: the state takes the parameter's type and device.
    private static Tensor Fitted(string name, object value, Parameter parameter)
    {
        if (value is not Tensor saved) throw new PyTorchFileException($"has a '{name}' that is no tensor.");
        if (!saved.shape.SequenceEqual(parameter.shape))
            throw new PyTorchFileException($"has a '{name}' of shape [{string.Join(", ", saved.shape)}] for a parameter of shape " +
                $"[{string.Join(", ", parameter.shape)}].");
        if (saved.is_complex() && !parameter.is_complex())
            throw new PyTorchFileException($"has a complex '{name}' for a parameter that is real.");
        return saved.detach().to(parameter.dtype, parameter.device, copy: true).contiguous();
    }

    // A tensor of one float32 in PyTorch 2, a number for some optimizers before.
    private static double NumberOf(string name, object? value) => value switch
    {
        long n => n,
        double d => d,
        Tensor { NumberOfElements: 1 } t => t.to_type(ScalarType.Float64).item<double>(),
        null => throw new PyTorchFileException($"has an optimizer state without '{name}': it is of another class."),
        _ => double.NaN
    };

    private static long StepOf(object? value)
    {
        var steps = NumberOf("step", value);
        return steps >= 0 && steps == Math.Floor(steps) && steps < 1L << 53 ? (long)steps
            : throw new PyTorchFileException($"has {value ?? "None"} for a state's step, which should be a whole number.");
    }
}
