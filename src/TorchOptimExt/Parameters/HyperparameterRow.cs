using System.Globalization;
using System.Reflection;

namespace TorchOptimExt.Parameters;

/// <summary>One hyperparameter of a class of options, as its property declares it.</summary>
internal sealed class HyperparameterRow
{
    private readonly PropertyInfo property;
    private readonly HyperparameterAttribute declared;
    private readonly Type type;
    private readonly Func<HyperparameterOptions, double?> number;

    /// <param name="property">The property.</param>
    /// <param name="declared">What it is marked with.</param>
    /// <param name="number">Reads the property without a box; null where it must be read as an object.</param>
    internal HyperparameterRow(PropertyInfo property, HyperparameterAttribute declared, Func<HyperparameterOptions, double?>? number)
    {
        (this.property, this.declared) = (property, declared);
        type = Nullable.GetUnderlyingType(property.PropertyType) is { } inner
            && (IsNumber(inner) || inner == typeof(bool) || inner.IsEnum) ? inner
            : throw new InvalidOperationException($"{property.DeclaringType}.{property.Name} is {property.PropertyType}; a " +
                "hyperparameter is a double?, int?, long?, bool? or nullable enumeration.");
        this.number = number ?? (options => Get(options) is { } value ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null);
        Range = new(property.Name, IsAllowed, Words());
        Finite = Range with { Allowed = double.IsFinite, Range = "finite" };
    }

    internal string Name => property.Name;

    internal bool IsShared => declared.Shared;

    internal bool IsFixed => declared.Fixed;

    internal bool IsOptional => declared.Optional;

    /// <summary>Which values it may have.</summary>
    internal Hyperparameter Range { get; }

    // lr may be what a schedule makes of it, below 0 too, as in TorchSharp.
    private bool IsRate => Name == "lr";

    private Hyperparameter Finite { get; }

    private bool IsScheduled => declared.Scheduled || declared.Momentum || IsRate;

    internal object? Get(HyperparameterOptions options) => property.GetValue(options);

    internal void Set(HyperparameterOptions options, object? value) => property.SetValue(options, value);

    /// <summary>Throws where the value of these options is missing, out of range, or does not fit their parameters' dtype.</summary>
    internal void Check(HyperparameterOptions options)
    {
        if (number(options) is not { } value)
        {
            if (!IsOptional) throw new ArgumentException($"{Name} is not given.", Name);
            return;
        }
        if (!Range.Contains(value)) throw Range.Error(Get(options)!);
        if (Fits(value, options)) return;
        throw new ArgumentOutOfRangeException(Name, value,
            FormattableString.Invariant($"{Name} is {value}; that does not fit {options.Narrowest}, the dtype of a parameter."));
    }

    /// <summary>The same for what was saved, where schedules may have moved it out of its range.</summary>
    internal void CheckLoaded(HyperparameterOptions options)
    {
        if (!IsScheduled || number(options) is not { } value) Check(options);
        else if (!double.IsFinite(value)) throw Finite.Error(value);
    }

    /// <summary>What keeps the value from being saved, because it could not be loaded; null for nothing.</summary>
    internal string? Unsavable(HyperparameterOptions options) =>
        IsScheduled && number(options) is { } value && !double.IsFinite(value) ? Finite.Message(value) : null;

    // A momentum at its limit, to which OneCycleLR and CyclicLR go by default, is no error: nothing new enters the average then.
    /// <summary>What is wrong with the value before a step, when whoever has the options may have changed it; null for nothing.</summary>
    internal string? Wrong(HyperparameterOptions options)
    {
        if (number(options) is not { } value) return IsOptional ? null : $"{Name} is null.";
        var range = IsRate ? Finite : Range;
        if (!range.Contains(value) && !(declared.Momentum && value == declared.Below))
            return range.Message(Get(options)!) + (IsScheduled ? " A schedule, or whoever sets the group's values, set it." : "");
        return Fits(value, options) ? null : FormattableString.Invariant(
            $"{Name} is {value}; that does not fit {options.Narrowest}, the dtype of a parameter.");
    }

    internal void Write(BinaryWriter writer, HyperparameterOptions options)
    {
        var value = Get(options);
        writer.Write(value is not null);
        writer.Write(value is double real ? BitConverter.DoubleToInt64Bits(real) : Convert.ToInt64(value, CultureInfo.InvariantCulture));
    }

    internal void Read(BinaryReader reader, HyperparameterOptions options)
    {
        var isGiven = reader.ReadBoolean();
        var bits = reader.ReadInt64();
        if (type == typeof(int) && bits is < int.MinValue or > int.MaxValue) throw Range.Error(bits);
        Set(options, !isGiven ? null : type == typeof(double) ? BitConverter.Int64BitsToDouble(bits) : type == typeof(int) ? (int)bits
            : type == typeof(long) ? bits
            : type == typeof(bool) ? bits != 0 : Enum.ToObject(type, bits));
    }

    /// <summary>A value as the property has it, from a number, a truth value or the name of an enumerated one.</summary>
    /// <exception cref="InvalidCastException">It is of another type.</exception>
    internal object? Converted(object? value) => value switch
    {
        null => null,
        bool flag when type == typeof(bool) => flag,
        string name when type.IsEnum && Enum.TryParse(type, name, out var one) => one,
        double real when type == typeof(double) => real,
        long whole when type == typeof(double) => (double)whole,
        long whole when type == typeof(long) => whole,
        long whole and >= int.MinValue and <= int.MaxValue when type == typeof(int) => (int)whole,
        _ => throw new InvalidCastException($"{Name} is {value}; it must be {Words()}."),
    };

    private bool Fits(double value, HyperparameterOptions options) =>
        IsShared || type != typeof(double) || Math.Abs(value) <= options.Largest;

    private bool IsAllowed(double value) =>
        double.IsFinite(value) && !(value < declared.AtLeast) && !(value <= declared.Above) && !(value > declared.AtMost)
            && !(value >= declared.Below)
        && (!type.IsEnum || Enum.IsDefined(type, Enum.ToObject(type, (long)value)));

    // For example: a whole number with 1 ≤ history ≤ 1000.
    private string Words()
    {
        if (type.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(type))}";
        var below = !double.IsNaN(declared.AtLeast) ? Bound(declared.AtLeast, "≤")
            : !double.IsNaN(declared.Above) ? Bound(declared.Above, "<") : "";
        var above = !double.IsNaN(declared.AtMost) ? Bound("≤", declared.AtMost)
            : !double.IsNaN(declared.Below) ? Bound("<", declared.Below) : "";
        return (type == typeof(double) ? "finite" : "a whole number") + (below + above == "" ? "" : $" with {below}{Name}{above}");
    }

    private static string Bound(double value, string sign) => FormattableString.Invariant($"{value} {sign} ");

    private static string Bound(string sign, double value) => FormattableString.Invariant($" {sign} {value}");

    private static bool IsNumber(Type type) => type == typeof(double) || type == typeof(int) || type == typeof(long);
}
