using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// The parameters of a search as they are at one moment, with what their groups set: perturbed, given back, and moved.
/// One that is frozen, or whose group has the rate 0, takes no part: its bits stay, and so do the deviates of all others, which follow
/// from their places.
/// </summary>
internal sealed class SearchedParameters
{
    private readonly (Parameter parameter, ARS.Options options)[] all;
    private readonly (Parameter parameter, ARS.Options options, int place)[] moving;
    private Tensor[]? saved;

    public SearchedParameters(IEnumerable<ParamGroup> groups)
    {
        all = [.. groups.SelectMany(group => group.Parameters.Select(p => (p, (ARS.Options)group.Options)))];
        moving = [.. all.Select((one, place) => (one.parameter, one.options, place))
            .Where(one => one.parameter.requires_grad && one.options.LearningRate != 0)];
    }

    /// <summary>Whether a parameter is on a CUDA device.</summary>
    public bool OnCuda => all.Any(one => one.parameter.device_type == DeviceType.CUDA);

    private Tensor[] Moving => Array.ConvertAll(moving, one => (Tensor)one.parameter);

    private long Seed => all[0].options.seed!.Value;

    /// <summary>Runs an action that sees perturbed parameters; whatever it does, they have their bits of before at the end.</summary>
    public void GiveBackAfter(Action action)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        saved = Array.ConvertAll(Moving, parameter => parameter.clone());
        try
        {
            action();
        }
        finally
        {
            foreach (var (parameter, before) in Moving.Zip(saved)) parameter.copy_(before);
            saved = null;
        }
    }

    /// <summary>Makes the parameters, which are given back later, θ + sign·ν·δ.</summary>
    public void Perturb(RandomSearchPass pass, Perturbation perturbation) => Perturb(pass, Moving, saved!, perturbation);

    /// <summary>Writes θ + sign·ν·δ into a replica's parameters.</summary>
    public void WritePerturbed(RandomSearchPass pass, IReadOnlyList<Tensor> replica, Perturbation perturbation)
    {
        Perturb(pass, Array.ConvertAll(moving, one => replica[one.place]), Moving, perturbation);
        var still = Enumerable.Range(0, all.Length).Except(moving.Select(one => one.place));
        foreach (var place in still) replica[place].copy_(all[place].parameter);
    }

    /// <summary>A parameter whose dtype cannot hold a direction's weight times its rate; null where all can.</summary>
    public Parameter? TooNarrow(IReadOnlyList<(int direction, double weight)> weights) =>
        moving.FirstOrDefault(one => !weights.All(term => IsFinite(one.parameter.dtype, term.weight * one.options.LearningRate!.Value)))
            .parameter;

    /// <summary>θ ← θ + lr · Σ weight · δ; without weights the parameters keep their bits: −0 + 0 would not.</summary>
    /// <returns>The Euclidean norm of the change.</returns>
    public double Move(RandomSearchPass pass, long step, IReadOnlyList<(int direction, double weight)> weights)
    {
        if (weights.Count == 0) return 0;
        using var quiet = no_grad();
        pass.Begin(Seed, step);
        foreach (var (direction, weight) in weights) pass.AddDirection(direction, weight);
        Add(pass, Moving, Moving, options => options.LearningRate!.Value);
        return pass.RunMeasured();
    }

    private void Perturb(RandomSearchPass pass, Tensor[] targets, Tensor[] sources, Perturbation perturbation)
    {
        pass.Run(Seed, perturbation, added => Add(added, targets, sources, options => options.delta_std!.Value));
    }

    private void Add(RandomSearchPass pass, Tensor[] targets, Tensor[] sources, Func<ARS.Options, double> scale)
    {
        for (var k = 0; k < moving.Length; k++) pass.Add(targets[k], sources[k], moving[k].place, scale(moving[k].options));
    }

    private static bool IsFinite(ScalarType dtype, double value) => dtype switch
    {
        ScalarType.Float64 => double.IsFinite(value),
        ScalarType.Float16 => Half.IsFinite((Half)value),
        _ => float.IsFinite((float)value),      // bfloat16 has the same exponents
    };
}
