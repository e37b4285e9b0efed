using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>The parameters of a search as they are at one moment, with what their groups set: perturbed, given back, and moved.</summary>
internal sealed class SearchedParameters(IEnumerable<ParamGroup> groups)
{
    private readonly (Parameter parameter, ARSOptions options)[] all = [.. groups.SelectMany(group => group.Parameters.Select(p => (p, (ARSOptions)group.Options)))];
    private Tensor[]? saved;

    private Tensor[] Own => Array.ConvertAll(all, one => (Tensor)one.parameter);

    private long Seed => all[0].options.seed!.Value;

    /// <summary>Runs an action that sees perturbed parameters; whatever it does, they have their bits of before at the end.</summary>
    public void GiveBackAfter(Action action)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        saved = Array.ConvertAll(Own, parameter => parameter.clone());
        try
        {
            action();
        }
        finally
        {
            foreach (var (parameter, before) in Own.Zip(saved)) parameter.copy_(before);
            saved = null;
        }
    }

    /// <summary>Makes the parameters, which are given back later, θ + sign·ν·δ.</summary>
    public void Perturb(RandomSearchPass pass, Perturbation perturbation) => WritePerturbed(pass, Own, perturbation);

    /// <summary>Writes θ + sign·ν·δ into tensors of the parameters' shapes.</summary>
    public void WritePerturbed(RandomSearchPass pass, IReadOnlyList<Tensor> targets, Perturbation perturbation)
    {
        pass.Begin(Seed, perturbation.Step);
        pass.AddDirection(perturbation.Direction, perturbation.Sign);
        Add(pass, targets, saved ?? Own, options => options.delta_std!.Value);
        pass.Run();
    }

    /// <summary>A parameter whose dtype cannot hold a direction's weight times its rate; null where all can.</summary>
    public Parameter? TooNarrow(IReadOnlyList<(int direction, double weight)> weights) =>
        all.FirstOrDefault(one => !weights.All(term => IsFinite(one.parameter.dtype, term.weight * one.options.LearningRate!.Value))).parameter;

    /// <summary>θ ← θ + lr · Σ weight · δ; without weights the parameters keep their bits: −0 + 0 would not.</summary>
    /// <returns>The Euclidean norm of the change.</returns>
    public double Move(RandomSearchPass pass, long step, IReadOnlyList<(int direction, double weight)> weights)
    {
        if (weights.Count == 0) return 0;
        using var quiet = no_grad();
        pass.Begin(Seed, step);
        foreach (var (direction, weight) in weights) pass.AddDirection(direction, weight);
        Add(pass, Own, Own, options => options.LearningRate!.Value);
        return pass.RunMeasured();
    }

    private void Add(RandomSearchPass pass, IReadOnlyList<Tensor> targets, Tensor[] sources, Func<ARSOptions, double> scale)
    {
        for (var k = 0; k < all.Length; k++) pass.Add(targets[k], sources[k], k, scale(all[k].options));
    }

    private static bool IsFinite(ScalarType dtype, double value) => dtype switch
    {
        ScalarType.Float64 => double.IsFinite(value),
        ScalarType.Float16 => Half.IsFinite((Half)value),
        _ => float.IsFinite((float)value),      // bfloat16 has the same exponents
    };
}
