using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.PyTorch;

/// <summary>One option of a parameter group under PyTorch's name.</summary>
/// <param name="Name">PyTorch's name.</param>
/// <param name="Get">The value as PyTorch has it.</param>
/// <param name="Parse">What setting a value of PyTorch's does, or a fault where the value cannot be taken; null where there is nothing to
/// set.</param>
/// <param name="Missing">What a file without it means: older versions of PyTorch lack it. Null where every version has it.</param>
internal sealed record OptionFormat<TOptions>(string Name, Func<TOptions, object?> Get, Func<object?, Action<TOptions>>? Parse,
    object? Missing = null) where TOptions : OptimizerOptions
{
    public static OptionFormat<TOptions> Number(string name, Func<TOptions, double?> get, Action<TOptions, double> set) =>
        new(name, o => get(o), value =>
    {
        var number = AsNumber(name, value);
        return o => set(o, number);
    });

    public static OptionFormat<TOptions> Pair(string name, Func<TOptions, (double?, double?)> get, Action<TOptions, double, double> set) =>
        new(name, o => new object?[] { get(o).Item1, get(o).Item2 }, value =>
    {
        if (value is not (object?[] or List<object?>) || value is not IReadOnlyList<object?> { Count: 2 } pair)
            throw Misfit(name, value, "two numbers");
        var (first, second) = (AsNumber(name, pair[0]), AsNumber(name, pair[1]));
        return o => set(o, first, second);
    });

    /// <summary>A truth value, which is False in a file without it unless every version of PyTorch has it.</summary>
    public static OptionFormat<TOptions> Flag(
        string name, Func<TOptions, bool?> get, Action<TOptions, bool> set, bool always = false) =>
        new(name, o => get(o) ?? false, value =>
    {
        var flag = value switch
        {
            bool b => b,
            null => false,
            long n and (0 or 1) => n == 1,
            _ => throw Misfit(name, value, "True or False")
        };
        return o => set(o, flag);
    }, Missing: always ? null : false);

    /// <summary>An option of PyTorch's that TorchSharp lacks and that changes what is computed: a file must have this value.</summary>
    public static OptionFormat<TOptions> Only(string name, bool only, string otherwise) => new(name, _ => only, value =>
        (value ?? false) is bool b && b == only ? _ => { }
    : throw new PyTorchFileException($"has {name}={value}, which TorchSharp's optimizer lacks: {otherwise}."), Missing: only);

    /// <summary>An option of PyTorch's that says how to compute, not what: it is written as PyTorch's default and not read.</summary>
    public static OptionFormat<TOptions> Written(string name, object? value) => new(name, _ => value, null);

    // PyTorch takes a tensor as a learning rate, too.
    private static double AsNumber(string name, object? value) => value switch
    {
        double d => d,
        long n => n,
        Tensor { NumberOfElements: 1 } t when t.is_floating_point() => t.to_type(ScalarType.Float64).item<double>(),
        _ => throw Misfit(name, value, "a number"),
    };

    private static PyTorchFileException Misfit(string name, object? value, string expected) =>
        new($"has {value ?? "None"} for {name}, which should be {expected}.");
}
