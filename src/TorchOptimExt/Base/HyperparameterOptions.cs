using TorchSharp.Modules;

namespace TorchOptimExt.Base;

/// <summary>
/// The hyperparameters of one parameter group as a table of numbers, so that merging with the defaults, range checks,
/// saving and all-or-nothing loading are written once. What a group leaves null takes the optimizer's default.
/// </summary>
public abstract class HyperparameterOptions : OptimizerOptions
{
    private static readonly Hyperparameter Rate = Hyperparameter.NonNegative("lr"), InitialRate = Hyperparameter.NonNegative("initial lr");

    private double?[] values;
    private (double initial, double rate, double?[] values)? staged;

    /// <summary>Empty options: every value is open.</summary>
    protected HyperparameterOptions() => values = new double?[Table.Count];

    /// <summary>The hyperparameters besides the learning rate, in the order in which files hold them. Always the same.</summary>
    protected abstract IReadOnlyList<Hyperparameter> Table { get; }

    internal OptimizerBase? Owner { get; set; }

    /// <summary>The number at a place of the table.</summary>
    protected double? this[int place]
    {
        get => values[place];
        set => values[place] = value;
    }

    /// <summary>A switch at a place of the table.</summary>
    protected bool? Switch(int place) => values[place] is { } v ? v != 0 : null;

    /// <summary>Sets a switch at a place of the table.</summary>
    protected void Switch(int place, bool? on) => values[place] = on is { } b ? b ? 1 : 0 : null;

    /// <summary>Checks what depends on several values; each by itself is in its range already.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They do not go together.</exception>
    protected virtual void CheckTogether() { }

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
        Check(rate, merged);
        Set(rate, rate, merged);
    }

    // CheckTogether reads the properties: the values stand there while it does, and go back where it throws.
    private void Check(double rate, double?[] numbers)
    {
        Rate.Check(rate);
        for (var k = 0; k < numbers.Length; k++)
        {
            if (numbers[k] is { } number) Table[k].Check(number);
            else if (!Table[k].IsOptional) throw new ArgumentException($"{Table[k].Name} is not given.");
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

    /// <inheritdoc/>
    public override void SaveStateDict(BinaryWriter writer)
    {
        base.SaveStateDict(writer);
        foreach (var value in values) writer.Write(value ?? double.NaN);
    }

    /// <summary>Reads and checks the values; they count from when the optimizer has read everything else, too.</summary>
    public override void LoadStateDict(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var (initial, rate) = (reader.ReadDouble(), reader.ReadDouble());
        var numbers = Table.Select(row => reader.ReadDouble() is var number && row.IsOptional && double.IsNaN(number) ? default(double?) : number).ToArray();
        InitialRate.Check(initial);
        Check(rate, numbers);
        staged = (initial, rate, numbers);
        if (Owner is null) Commit();
        else Owner.Staged();
    }

    /// <inheritdoc/>
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
        Check(rate, numbers);
        staged = (other.InitialLearningRate, rate, numbers);
    }

    internal void Commit()
    {
        if (staged is var (initial, rate, numbers)) Set(initial, rate, numbers);
        staged = null;
    }

    internal void Discard() => staged = null;
}
