using TorchSharp.Modules;

namespace TorchOptimExt.Parameters;

/// <summary>
/// The hyperparameters of one parameter group as a table of numbers, so that merging with the defaults, range checks,
/// saving and all-or-nothing loading are written once. A value that is null takes the optimizer's.
/// </summary>
/// <remarks>
/// Values are checked when an optimizer takes the group and when they are loaded, not when a property is set.
/// Options belong to one optimizer at a time, which fills in what is null.
/// </remarks>
public abstract class HyperparameterOptions : OptimizerOptions
{
    private static readonly Hyperparameter Rate = Hyperparameter.NonNegative("lr"), InitialRate = Hyperparameter.NonNegative("initial lr");

    private double?[] values;
    private (double initial, double rate, double?[] values)? staged;

    /// <summary>Creates options in which every value is null.</summary>
    protected HyperparameterOptions() => values = new double?[Table.Count];

    /// <summary>The hyperparameters besides the learning rate, in the order in which state files hold them. The constructor reads it: return the same list on every call.</summary>
    protected abstract IReadOnlyList<Hyperparameter> Table { get; }

    internal OptimizerBase? Owner { get; set; }

    private Hyperparameter[] Loadable => [.. Table.Select(row => row.Loadable())];

    /// <summary>The value of a hyperparameter; null takes the optimizer's.</summary>
    /// <param name="place">Its index in <see cref="Table"/>.</param>
    protected double? this[int place]
    {
        get => values[place];
        set => values[place] = value;
    }

    /// <summary>Gets the value of a hyperparameter that is true or false; null takes the optimizer's.</summary>
    /// <param name="place">Its index in <see cref="Table"/>.</param>
    /// <returns>True unless the number there is 0; null where it is null.</returns>
    protected bool? Switch(int place) => values[place] is { } v ? v != 0 : null;

    /// <summary>Sets the value of a hyperparameter that is true or false.</summary>
    /// <param name="place">Its index in <see cref="Table"/>.</param>
    /// <param name="on">The value; null takes the optimizer's.</param>
    protected void Switch(int place, bool? on) => values[place] = on is { } b ? b ? 1 : 0 : null;

    /// <summary>Checks what depends on several values, which each are in range already. Override it where there is such a condition.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The values do not go together.</exception>
    protected virtual void CheckTogether() { }

    /// <summary>Throws where a value is greater than another.</summary>
    private protected static void CheckAtMost(string name, double? value, string limitName, double? limit)
    {
        if (value > limit) throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} is {value}; it must be at most {limitName}, which is {limit}."));
    }

    /// <summary>Options of the same kind with every value open.</summary>
    internal HyperparameterOptions Open()
    {
        var open = (HyperparameterOptions)MemberwiseClone();
        (open.values, open.staged, open.LearningRate, open.Owner) = (new double?[values.Length], null, null, null);
        return open;
    }

    /// <summary>These values, with the defaults for what is open; throws before anything is changed.</summary>
    internal void Complete(HyperparameterOptions? defaults)
    {
        var rate = LearningRate ?? defaults?.LearningRate ?? throw new ArgumentException("lr is not given.");
        var merged = values.Select((v, k) => v ?? defaults?.values[k]).ToArray();
        Check(rate, merged, Table);
        Set(rate, rate, merged);
    }

    // CheckTogether reads the properties: the values stand there while it does, and go back where it throws.
    private void Check(double rate, double?[] numbers, IReadOnlyList<Hyperparameter> rows)
    {
        Rate.Check(rate);
        for (var k = 0; k < numbers.Length; k++)
        {
            if (numbers[k] is { } number) rows[k].Check(number);
            else if (!rows[k].IsOptional) throw new ArgumentException($"{rows[k].Name} is not given.");
        }
        var before = (double?[])values.Clone();
        for (var k = 0; k < numbers.Length; k++) values[k] = numbers[k];
        try { CheckTogether(); }
        finally { before.CopyTo(values, 0); }
    }

    private void Set(double initial, double rate, double?[] numbers)
    {
        (InitialLearningRate, LearningRate) = (initial, rate);
        for (var k = 0; k < numbers.Length; k++) values[k] = numbers[k];
    }

    /// <summary>Writes the initial and the present learning rate and the values of <see cref="Table"/> as float64; NaN stands for null.</summary>
    /// <param name="writer">Where to write.</param>
    /// <exception cref="ArgumentNullException"><paramref name="writer"/> is null.</exception>
    public override void SaveStateDict(BinaryWriter writer)
    {
        base.SaveStateDict(writer);
        foreach (var value in values) writer.Write(value ?? double.NaN);
    }

    /// <summary>Reads and checks what <see cref="SaveStateDict"/> wrote. Options that belong to an optimizer take it over once the optimizer has read all of its state.</summary>
    /// <param name="reader">Where to read.</param>
    /// <exception cref="ArgumentNullException"><paramref name="reader"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; nothing is changed then.</exception>
    /// <exception cref="EndOfStreamException">There are too few numbers; nothing is changed then.</exception>
    public override void LoadStateDict(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var (initial, rate) = (reader.ReadDouble(), reader.ReadDouble());
        var numbers = Table.Select(row => reader.ReadDouble() is var number && row.IsOptional && double.IsNaN(number) ? default(double?) : number).ToArray();
        InitialRate.Check(initial);
        Check(rate, numbers, Loadable);
        staged = (initial, rate, numbers);
        if (Owner is null) Commit();
        else Owner.Staged();
    }

    /// <summary>Takes over the values of other options.</summary>
    /// <param name="source">Options of the same class, with a learning rate.</param>
    /// <exception cref="ArgumentException">The options are null, of another class, or incomplete; nothing is changed then.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; nothing is changed then.</exception>
    public override void LoadStateDict(OptimizerOptions source)
    {
        Stage(source);
        Commit();
    }

    internal void Stage(OptimizerOptions source)
    {
        if (source is not HyperparameterOptions other || other.GetType() != GetType())
            throw new ArgumentException($"These are {source?.GetType().FullName ?? "no"} options; {GetType().FullName} are needed.", nameof(source));
        var numbers = (double?[])other.values.Clone();
        var rate = other.LearningRate ?? throw new ArgumentException("lr is not given.", nameof(source));
        InitialRate.Check(other.InitialLearningRate);
        Check(rate, numbers, Loadable);
        staged = (other.InitialLearningRate, rate, numbers);
    }

    internal void Commit()
    {
        if (staged is var (initial, rate, numbers)) Set(initial, rate, numbers);
        staged = null;
    }

    internal void Discard() => staged = null;
}
