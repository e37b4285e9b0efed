namespace TorchOptimExt.Parameters;

/// <summary>
/// Declares a property of <see cref="HyperparameterOptions"/> as a hyperparameter. Its type is <c>double?</c>, <c>int?</c>, <c>long?</c>,
/// <c>bool?</c> or a nullable enumeration; null takes the optimizer's value.
/// </summary>
/// <remarks>Merging with the optimizer's values, range checks, saving and loading follow from the declaration. A real number must be
/// finite, an enumeration's value defined.</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HyperparameterAttribute : Attribute
{
    /// <summary>The default of the argument in the constructors that are generated for the optimizers of this library; without one the
    /// argument must be given.</summary>
    public object? Default { get; set; }

    /// <summary>The value must be greater; NaN for no such bound.</summary>
    public double Above { get; set; } = double.NaN;

    /// <summary>The smallest value; NaN for no such bound.</summary>
    public double AtLeast { get; set; } = double.NaN;

    /// <summary>The value must be smaller; NaN for no such bound.</summary>
    public double Below { get; set; } = double.NaN;

    /// <summary>The largest value; NaN for no such bound.</summary>
    public double AtMost { get; set; } = double.NaN;

    /// <summary>Whether the optimizer, too, may be given null and then chooses the value itself.</summary>
    public bool Optional { get; set; }

    /// <summary>Whether schedules set it, unchecked: whatever was saved loads again, and the next step says where it left the range. It
    /// holds for <c>lr</c> always.</summary>
    public bool Scheduled { get; set; }

    /// <summary>Whether all groups have the same value, that of the optimizer, because it belongs to a search over all parameters at
    /// once.</summary>
    public bool Shared { get; set; }

    /// <summary>Whether the size of the state depends on it: a state that was saved with another value is refused, and the error names
    /// it.</summary>
    public bool Fixed { get; set; }

    /// <summary>Whether its argument of the generated constructors stands behind those of derived classes; else it stands before
    /// them.</summary>
    public bool Last { get; set; }

    /// <summary>Whether schedules know it as the momentum; the generated optimizer and group are <c>IMomentum</c> then.</summary>
    public bool Momentum { get; set; }
}
