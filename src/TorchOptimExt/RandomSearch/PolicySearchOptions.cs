namespace TorchOptimExt.RandomSearch;

/// <summary>The settings of a <see cref="PolicySearch"/>. With the defaults it is the variant V2 of <see cref="ARS"/>; with
/// <see cref="TopDirections"/> V2-t, without <see cref="Normalize"/> V1 and V1-t.</summary>
public sealed record PolicySearchOptions
{
    /// <summary>Learning rate α, ≥ 0.</summary>
    public double LearningRate { get; init; } = 0.02;

    /// <summary>N, the number of directions of a step, which takes 2N episodes; ≥ 1.</summary>
    public int Directions { get; init; } = 8;

    /// <summary>b, how many of the best directions make the update; from 1 to N, null takes all.</summary>
    public int? TopDirections { get; init; }

    /// <summary>ν, the size of the perturbations, &gt; 0.</summary>
    public double DeltaStd { get; init; } = 0.03;

    /// <summary>Decides perturbations and episodes.</summary>
    public long Seed { get; init; }

    /// <summary>Whether the policy sees observations normalized by the mean and standard deviation of all that were seen.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>Whether both ends of a direction begin from the same random numbers, which leaves less of their difference to chance;
    /// otherwise each episode draws its own.</summary>
    public bool CommonRandomNumbers { get; init; } = true;

    /// <summary>How many actions an episode has at most, ≥ 1.</summary>
    public int LongestEpisode { get; init; } = 1000;

    /// <summary>How many episodes run at once, ≥ 1. The results do not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>After how many steps the unperturbed policy is evaluated and the best one kept, ≥ 1; 0 never does.</summary>
    public int EvaluateEvery { get; init; } = 10;

    /// <summary>How many episodes such an evaluation has, ≥ 1. They are the same ones each time.</summary>
    public int EvaluationEpisodes { get; init; } = 20;

    internal void Check()
    {
        AtLeast(nameof(LongestEpisode), LongestEpisode, 1);
        AtLeast(nameof(Threads), Threads, 1);
        AtLeast(nameof(EvaluateEvery), EvaluateEvery, 0);
        AtLeast(nameof(EvaluationEpisodes), EvaluationEpisodes, 1);
    }

    private static void AtLeast(string name, int value, int least)
    {
        if (value < least) throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be at least {least}.");
    }
}
