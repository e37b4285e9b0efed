using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace TorchOptimExt.Parameters;

/// <summary>The hyperparameters of a class of options: its properties that are marked <see cref="HyperparameterAttribute"/>.</summary>
public sealed class HyperparameterTable
{
    private HyperparameterTable(IEnumerable<HyperparameterRow> rows)
    {
        Rows = [.. rows.OrderBy(row => row.Name, StringComparer.Ordinal)];
        Saved = [.. Rows.Where(row => row.Name != "lr")];
    }

    /// <summary>The rows, in the order of their names.</summary>
    internal HyperparameterRow[] Rows { get; }

    /// <summary>The rows that state files hold besides the learning rate, in this order.</summary>
    internal HyperparameterRow[] Saved { get; }

    /// <summary>The range of a hyperparameter.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">There is no hyperparameter of this name.</exception>
    public Hyperparameter this[string name] =>
        Rows.FirstOrDefault(row => row.Name == name)?.Range
            ?? throw new ArgumentException($"There is no hyperparameter {name}.", nameof(name));

    /// <summary>Reads the table of a class of options from its properties. It is made once for each class.</summary>
    /// <typeparam name="TOptions">The class.</typeparam>
    /// <returns>The table, the same object each time.</returns>
    /// <exception cref="InvalidOperationException">A property that is marked as a hyperparameter is of another type than they
    /// have.</exception>
    public static HyperparameterTable Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>()
        where TOptions : HyperparameterOptions =>
        Cache<TOptions>.Table.Value;

    /// <summary>Returns a value that is in range.</summary>
    /// <param name="name">The hyperparameter's name.</param>
    /// <param name="value">The value.</param>
    /// <returns>The same value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    internal double Checked(string name, double value)
    {
        this[name].Check(value);
        return value;
    }

    private static Func<HyperparameterOptions, double?>? Number<TOptions>(PropertyInfo property) where TOptions : HyperparameterOptions
    {
        if (property.PropertyType == typeof(double?)) return Typed<double>(value => value);
        if (property.PropertyType == typeof(int?)) return Typed<int>(value => value);
        if (property.PropertyType == typeof(long?)) return Typed<long>(value => value);
        return property.PropertyType == typeof(bool?) ? Typed<bool>(value => value ? 1 : 0) : null;

        Func<HyperparameterOptions, double?> Typed<T>(Func<T, double> number) where T : struct
        {
            var get = property.GetMethod!.CreateDelegate<Func<TOptions, T?>>();
            return options => get((TOptions)options) is { } value ? number(value) : null;
        }
    }

    private static class Cache<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>
        where TOptions : HyperparameterOptions
    {
        internal static readonly Lazy<HyperparameterTable> Table = new(
            () => new(typeof(TOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => (property, declared: property.GetCustomAttribute<HyperparameterAttribute>()))
            .Where(found => found.declared is not null)
            .Select(found => new HyperparameterRow(found.property, found.declared!, Number<TOptions>(found.property)))));
    }
}
