using TorchOptimExt.Parameters;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// The hyperparameters of a group of <see cref="ARS"/>. <c>LearningRate</c> (≥ 0) and <see cref="delta_std"/> may differ from group to group; the others
/// belong to the whole search and are left null, or equal the optimizer's.
/// </summary>
public sealed class ARSOptions : HyperparameterOptions
{
    private static readonly Hyperparameter[] Rows =
    [
        Hyperparameter.Positive("delta_std"), Hyperparameter.Whole("n_directions", 1), Hyperparameter.Whole("top_directions", 1),
        Hyperparameter.Switch("normalize_by_std"), Hyperparameter.Switch("maximize"),
        new("seed (low half)", IsHalf, "a whole number of 32 bits"), new("seed (high half)", IsHalf, "a whole number of 32 bits"),
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<Hyperparameter> Table => Rows;

    /// <summary>ν, the size of the perturbations, in units of the parameter; ν &gt; 0, null takes the optimizer's.</summary>
    public double? delta_std { get => this[0]; set => this[0] = value; }

    /// <summary>N, how many directions a step draws; it evaluates the objective twice for each. 1 ≤ N &lt; 2³⁰, null takes the optimizer's.</summary>
    public int? n_directions { get => (int?)this[1]; set => this[1] = value; }

    /// <summary>b, how many directions, the best of N, make the update; 1 ≤ b ≤ N, null takes the optimizer's.</summary>
    public int? top_directions { get => (int?)this[2]; set => this[2] = value; }

    /// <summary>Whether the update is divided by the standard deviation of the rewards that make it; null takes the optimizer's.</summary>
    public bool? normalize_by_std { get => Switch(3); set => Switch(3, value); }

    /// <summary>Whether to maximize the objective instead of minimizing it; null takes the optimizer's.</summary>
    public bool? maximize { get => Switch(4); set => Switch(4, value); }

    /// <summary>The seed of the perturbations, any number; null takes the optimizer's.</summary>
    public long? seed
    {
        get => this[5] is { } low && this[6] is { } high ? (long)((ulong)low | (ulong)high << 32) : null;
        set => (this[5], this[6]) = ((uint?)(value & uint.MaxValue), (uint?)(value >> 32 & uint.MaxValue));
    }

    /// <summary>Checks that n_directions is below 2³⁰ and top_directions ≤ n_directions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is too large.</exception>
    protected override void CheckTogether()
    {
        if (n_directions > int.MaxValue / 2) throw new ArgumentOutOfRangeException(nameof(n_directions), n_directions, $"n_directions is {n_directions}; it must be at most {int.MaxValue / 2}.");
        CheckAtMost(nameof(top_directions), top_directions, nameof(n_directions), n_directions);
    }

    /// <summary>Whether a group of these options can join a search that runs with <paramref name="others"/>.</summary>
    /// <exception cref="ArgumentException">A value that belongs to the whole search differs.</exception>
    internal void CheckJoins(ARSOptions others)
    {
        for (var place = 1; place < Rows.Length - 2; place++)
            if (this[place] is { } own && own != others[place]) throw Differs(Rows[place].Name, own, others[place]);
        if (seed is { } its && its != others.seed) throw Differs(nameof(seed), its, others.seed);

        static ArgumentException Differs(string name, object own, object? others) =>
            new($"The group's {name} is {own}, that of the search {others}: only lr and delta_std can differ from group to group.", "param_group");
    }

    /// <summary>These lr and delta_std, with what belongs to the whole search from <paramref name="others"/>.</summary>
    internal ARSOptions JoinedWith(ARSOptions others)
    {
        var joined = new ARSOptions { LearningRate = LearningRate, delta_std = delta_std };
        for (var place = 1; place < Rows.Length; place++) joined[place] = others[place];
        return joined;
    }

    private static bool IsHalf(double x) => x is >= 0 and <= uint.MaxValue && x == Math.Floor(x);
}
