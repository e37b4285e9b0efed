using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Parameters;

/// <summary>
/// The hyperparameters of one parameter group: properties marked <see cref="HyperparameterAttribute"/>, from which follow merging with the
/// optimizer's values, range checks, saving and all-or-nothing loading. A value that is null takes the optimizer's.
/// </summary>
/// <remarks>
/// Values are checked when an optimizer takes the group, when they are loaded and before each step, not when a property is set.
/// Options belong to one optimizer at a time, which fills in what is null.
/// </remarks>
public abstract class HyperparameterOptions : OptimizerOptions
{
    private static readonly Hyperparameter InitialRate = new("initial lr", double.IsFinite, "finite");

    private HyperparameterOptions? staged;

    /// <summary>The hyperparameters: return <c>HyperparameterTable.Of&lt;Options&gt;()</c> with the class's own name.</summary>
    protected abstract HyperparameterTable Table { get; }

    /// <summary>Learning rate, ≥ 0: the same value as <c>LearningRate</c>, which schedules set.</summary>
    [Hyperparameter(AtLeast = 0)]
    public virtual double? lr { get => LearningRate; set => LearningRate = value; }

    internal OptimizerBase? Owner { get; set; }

    /// <summary>The dtype of least range among the group's parameters, and its largest number.</summary>
    internal ScalarType Narrowest { get; private set; } = ScalarType.Float64;

    internal double Largest { get; private set; } = double.MaxValue;

    /// <summary>Checks what depends on several values, which each are in range already. Override it where there is such a
    /// condition.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The values do not go together.</exception>
    protected virtual void CheckTogether() { }

    /// <summary>Chooses what the user of an optimizer left open of its optional values. Override it where the choice does not depend on the
    /// parameters.</summary>
    protected virtual void Choose() { }

    /// <summary>Throws where a value is greater than another.</summary>
    /// <param name="name">The name of the hyperparameter that has the value.</param>
    /// <param name="value">The value; null is not checked.</param>
    /// <param name="limitName">The name of the hyperparameter that has the limit.</param>
    /// <param name="limit">The limit; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is greater than the limit.</exception>
    protected static void CheckAtMost(string name, double? value, string limitName, double? limit)
    {
        if (value > limit)
            throw new ArgumentOutOfRangeException(name, value,
                FormattableString.Invariant($"{name} is {value}; it must be at most {limitName}, which is {limit}."));
    }

    /// <summary>Throws where a value is not smaller than another.</summary>
    /// <inheritdoc cref="CheckAtMost"/>
    /// <exception cref="ArgumentOutOfRangeException">The value is not smaller than the limit.</exception>
    protected static void CheckBelow(string name, double? value, string limitName, double? limit)
    {
        if (value >= limit)
            throw new ArgumentOutOfRangeException(name, value,
                FormattableString.Invariant($"{name} is {value}; it must be below {limitName}, which is {limit}."));
    }

    /// <summary>Options of the same kind with every value open.</summary>
    internal HyperparameterOptions Open()
    {
        var open = Copy();
        foreach (var row in Table.Rows) row.Set(open, null);
        open.Owner = null;
        return open;
    }

    /// <summary>Checks the values of an optimizer, with what it chooses itself.</summary>
    internal void Complete()
    {
        var complete = Copy();
        complete.Choose();
        complete.Check();
        TakeOver(complete, complete.LearningRate!.Value);
    }

    /// <summary>Makes these the options of a group of an optimizer; throws before anything is changed.</summary>
    /// <param name="defaults">What the group takes where it leaves a value open.</param>
    /// <param name="present">The options of the other groups, or the defaults: what is shared is theirs.</param>
    /// <param name="parameters">The group's parameters.</param>
    internal void Complete(HyperparameterOptions defaults, HyperparameterOptions present, IEnumerable<Tensor> parameters)
    {
        var complete = Copy();
        foreach (var row in Table.Rows)
        {
            var own = row.Get(this);
            if (row.IsShared && own is not null && !own.Equals(row.Get(present)))
                throw new ArgumentException(FormattableString.Invariant(
                    $"The group's {row.Name} is {own}, the optimizer's {row.Get(present) ?? "null"}: it is one for all groups."), row.Name);
            row.Set(complete, row.IsShared ? row.Get(present) : own ?? row.Get(defaults));
        }
        (complete.Narrowest, complete.Largest) = Dtypes.Narrowest(parameters);
        complete.Check();
        TakeOver(complete, complete.LearningRate!.Value);
    }

    /// <summary>The hyperparameters besides the learning rate by their names: numbers, truth values, names of
    /// enumerated values.</summary>
    internal IEnumerable<(string name, object? value)> Named() =>
        Table.Saved.Select(row => (row.Name, row.Get(this) is Enum one ? one.ToString() : row.Get(this)));

    /// <summary>Options of the same kind with these values, not checked.</summary>
    /// <param name="rates">The present and the initial learning rate.</param>
    /// <param name="value">Gives the value of a name.</param>
    /// <exception cref="InvalidCastException">A value is of another type than its hyperparameter.</exception>
    internal HyperparameterOptions With((double present, double initial) rates, Func<string, object?> value)
    {
        var options = Copy();
        (options.LearningRate, options.InitialLearningRate) = rates;
        foreach (var row in Table.Saved) row.Set(options, row.Converted(value(row.Name)));
        return options;
    }

    /// <summary>What is wrong with a value before a step; null for nothing.</summary>
    internal string? Wrong()
    {
        var rows = Table.Rows;
        for (var k = 0; k < rows.Length; k++)
            if (rows[k].Wrong(this) is { } wrong) return wrong;
        return null;
    }

    /// <summary>Writes the initial and the present learning rate, how many other hyperparameters there are, and for each whether it is
    /// given and its value in 64 bits.</summary>
    /// <param name="writer">Where to write.</param>
    /// <exception cref="ArgumentNullException"><paramref name="writer"/> is null.</exception>
    /// <exception cref="InvalidOperationException">A schedule set a value to NaN or infinity, which could not be loaded.</exception>
    public override void SaveStateDict(BinaryWriter writer)
    {
        foreach (var row in Table.Rows)
            if (row.Unsavable(this) is { } reason)
                throw new InvalidOperationException(
                    $"The state cannot be saved: {reason} A schedule, or whoever sets the group's values, set it.");
        base.SaveStateDict(writer);
        writer.Write(Table.Saved.Length);
        foreach (var row in Table.Saved) row.Write(writer, this);
    }

    /// <summary>Reads and checks what <see cref="SaveStateDict"/> wrote. Options that belong to an optimizer take it over once the
    /// optimizer has read all of its state.</summary>
    /// <param name="reader">Where to read.</param>
    /// <exception cref="ArgumentNullException"><paramref name="reader"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value that no schedule sets is out of its range; nothing is changed
    /// then.</exception>
    /// <exception cref="InvalidDataException">The hyperparameters are those of another optimizer; nothing is changed then.</exception>
    /// <exception cref="EndOfStreamException">There are too few numbers; nothing is changed then.</exception>
    public override void LoadStateDict(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var loaded = Copy();
        (loaded.InitialLearningRate, loaded.LearningRate) = (reader.ReadDouble(), reader.ReadDouble());
        if (reader.ReadInt32() is var count && count != Table.Saved.Length)
            throw new InvalidDataException($"The state has {count} hyperparameters a group, not {Table.Saved.Length}: it is of " +
                "another optimizer or the file is damaged.");
        foreach (var row in Table.Saved) row.Read(reader, loaded);
        Stage(loaded);
        if (Owner is null) Commit();
        else Owner.Staged();
    }

    /// <summary>Takes over the values of other options.</summary>
    /// <param name="source">Options of the same class, with a learning rate.</param>
    /// <exception cref="ArgumentException">The options are null, of another class, or incomplete; nothing is changed then.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value that no schedule sets is out of its range; nothing is changed
    /// then.</exception>
    public override void LoadStateDict(OptimizerOptions source)
    {
        Stage(source);
        Commit();
    }

    internal void Stage(OptimizerOptions source)
    {
        if (source is not HyperparameterOptions other || other.GetType() != GetType())
            throw new ArgumentException($"These are {source?.GetType().FullName ?? "no"} options; {GetType().FullName} are needed.",
                nameof(source));
        var loaded = other.Copy();
        (loaded.Narrowest, loaded.Largest) = (Narrowest, Largest);
        foreach (var row in Table.Rows) row.CheckLoaded(loaded);
        if (Owner is not null) CheckFixed(loaded);
        loaded.CheckTogether();
        InitialRate.Check(loaded.InitialLearningRate);
        staged = loaded;
    }

    private void CheckFixed(HyperparameterOptions loaded)
    {
        if (Table.Rows.FirstOrDefault(row => row.IsFixed && !Equals(row.Get(loaded), row.Get(this))) is not { } row) return;
        var (name, found, own) = (row.Name, row.Get(loaded), row.Get(this));
        throw new ArgumentException(
            FormattableString.Invariant($"The state has {name} {found}, the optimizer {own}: make it with {name}: {found}."), name);
    }

    internal void Commit()
    {
        if (staged is { } loaded) TakeOver(loaded, loaded.InitialLearningRate);
        staged = null;
    }

    internal void Discard() => staged = null;

    private void Check()
    {
        foreach (var row in Table.Rows) row.Check(this);
        CheckTogether();
    }

    private HyperparameterOptions Copy()
    {
        var copy = (HyperparameterOptions)MemberwiseClone();
        copy.staged = null;
        return copy;
    }

    private void TakeOver(HyperparameterOptions other, double initial)
    {
        foreach (var row in Table.Rows) row.Set(this, row.Get(other));
        (InitialLearningRate, Narrowest, Largest) = (initial, other.Narrowest, other.Largest);
    }
}
