using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>What a checkpoint holds of a policy search besides its optimizer, under these names.</summary>
internal sealed class PolicySearchState : nn.Module
{
    public PolicySearchState(
        nn.Module policy, nn.Module best, ObservationNormalizer? normalizer, ObservationNormalizer? bestNormalizer)
        : base("PolicySearch")
    {
        register_module("policy", policy);
        register_module("best", best);
        if (normalizer is null) return;
        register_module("normalizer", normalizer);
        register_module("best_normalizer", bestNormalizer!);
    }
}
