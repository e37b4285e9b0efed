using TorchOptimExt.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.PyTorch;

/// <summary>The optimizers that PyTorch lacks, under names of this library's own: <c>class</c> beside PyTorch's <c>state</c> and
/// <c>param_groups</c>, the hyperparameters by their names, and for each parameter <c>step</c>, <c>numbers</c> and
/// <c>tensors</c>.</summary>
internal sealed class OwnFormat : OptimizerFormat
{
    private const string Class = "class", Initial = "initial_lr";

    public override PyTorchDictionary Write(OptimizerHelper optimizer)
    {
        var (groups, states) = (optimizer.ParamGroups.Cast<ParamGroup>().ToList(), optimizer.state_dict().State);
        var (state, next) = (new PyTorchDictionary(), 0);
        for (var k = 0; k < states.Count; k++) state[k] = Entry((TensorState)states[k]);
        return new()
        {
            [Class] = NameOf(optimizer),
            ["state"] = state,
            ["param_groups"] = groups.ConvertAll(group =>
                (object?)GroupEntry((HyperparameterOptions)group.Options, group.Parameters.Select(_ => (object?)next++).ToList())),
        };
    }

    private static string NameOf(OptimizerHelper optimizer) => optimizer.GetType().FullName!;

    private static PyTorchDictionary Entry(TensorState state) => new()
    {
        ["step"] = state.step,
        ["numbers"] = tensor(state.numbers, ScalarType.Float64),
        ["tensors"] = state.tensors.Select(own => (object?)own.detach()).ToList(),
    };

    private static PyTorchDictionary GroupEntry(HyperparameterOptions options, List<object?> parameters)
    {
        var entry = new PyTorchDictionary { ["lr"] = options.LearningRate };
        foreach (var (name, value) in options.Named()) entry[name] = value is int whole ? (long)whole : value;
        entry[Initial] = options.InitialLearningRate;
        entry["params"] = parameters;
        return entry;
    }

    public override Action Read(PyTorchDictionary saved, OptimizerHelper optimizer)
    {
        var own = (OptimizerBase)optimizer;
        if (saved.GetValue(Class) as string is var found && found != NameOf(own))
            throw new PyTorchFileException($"has the state of {found ?? "one of PyTorch's optimizers"}; this is {NameOf(own)}.");
        if (saved.GetValue("state") is not PyTorchDictionary states || saved.GetValue("param_groups") is not List<object?> groups)
            throw new PyTorchFileException("has an optimizer without 'state' or 'param_groups'.");
        var mine = own.state_dict();
        if (groups.Count != mine.Options.Count || states.Count != mine.State.Count)
            throw new PyTorchFileException($"has an optimizer with {groups.Count} groups and {states.Count} parameters; this one has " +
                $"{mine.Options.Count} and {mine.State.Count}.");
        try
        {
            own.Stage([.. groups.Select((group, g) => OptionsFrom(Dictionary(group), (HyperparameterOptions)mine.Options[g]))],
                [.. mine.State.Select((state, k) => StateFrom(Dictionary(states.GetValue((long)k)), (TensorState)state))]);
        }
        catch (Exception e) when (e is ArgumentException or InvalidCastException)
        {
            throw new PyTorchFileException($"does not fit {own.GetType().Name}: {e.Message}", e);
        }
        return own.CommitStaged;
    }

    private static PyTorchDictionary Dictionary(object? entry) => entry as PyTorchDictionary
        ?? throw new PyTorchFileException("has a group or a state of the optimizer that is no dictionary.");

    private static HyperparameterOptions OptionsFrom(PyTorchDictionary entry, HyperparameterOptions own)
    {
        var present = Number("lr");
        return own.With((present, entry.ContainsKey(Initial) ? Number(Initial) : present), name =>
            entry.TryGetValue(name, out var value) ? value : throw new PyTorchFileException($"has a group without '{name}'."));

        double Number(string name) => entry.GetValue(name) switch
        {
            double real => real,
            long whole => whole,
            var other => throw new PyTorchFileException($"has {other ?? "None"} for {name}, which should be a number."),
        };
    }

    private static TensorState StateFrom(PyTorchDictionary entry, TensorState own)
    {
        if (entry.GetValue("step") is not (long and >= 0) || entry.GetValue("numbers") is not Tensor { dtype: ScalarType.Float64 } numbers
            || entry.GetValue("tensors") is not List<object?> tensors || !tensors.All(one => one is Tensor))
            throw new PyTorchFileException("has a state without 'step', 'numbers' or 'tensors' as this library writes them.");
        return own.With((long)entry.GetValue("step")!, numbers.data<double>().ToArray(), [.. tensors.Cast<Tensor>()]);
    }
}
