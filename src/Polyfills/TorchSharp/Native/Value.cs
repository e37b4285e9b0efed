using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>An argument or result of an operator, as the shim lays it out.</summary>
[StructLayout(LayoutKind.Explicit)]
internal struct Value
{
    internal enum Tag { None, Tensor, Int, Double, Bool, String, IntList, TensorList, Device, Generator, DoubleList }

    [FieldOffset(0)] internal Tag tag;
    [FieldOffset(4)] internal int index;
    [FieldOffset(8)] internal long length;
    [FieldOffset(16)] internal long i;
    [FieldOffset(16)] internal double d;
    [FieldOffset(16)] internal nint p;
}

/// <summary>
/// A managed argument of <see cref="Op"/>: converts from everything that operators take. null is "not given"
/// (None in a schema): an optional number, tensor, list, dtype, device or generator that is absent.
/// </summary>
internal readonly struct Arg
{
    private readonly Value value;
    private readonly object? held;      // keeps a tensor alive, or the array that is pinned during the call

    private Arg(Value value, object? held = null) { this.value = value; this.held = held; }

    internal object? Held => held;
    internal Value Value => value;

    internal static Arg Int(long value) => new(new Value { tag = Value.Tag.Int, i = value });
    internal static Arg Double(double value) => new(new Value { tag = Value.Tag.Double, d = value });

    public static implicit operator Arg(Tensor? tensor) => tensor is null ? default : new(new Value { tag = Value.Tag.Tensor, p = tensor.Handle }, tensor);
    public static implicit operator Arg(long value) => Int(value);
    public static implicit operator Arg(long? value) => value is { } v ? Int(v) : default;
    public static implicit operator Arg(double value) => Double(value);
    public static implicit operator Arg(double? value) => value is { } v ? Double(v) : default;
    public static implicit operator Arg(bool value) => new(new Value { tag = Value.Tag.Bool, i = value ? 1 : 0 });
    public static implicit operator Arg(bool? value) => value is { } v ? v : default(Arg);
    public static implicit operator Arg(ScalarType value) => Int((long)value);
    public static implicit operator Arg(ScalarType? value) => value is { } v ? Int((long)v) : default;
    public static implicit operator Arg(Scalar? value) => value is null ? default : value.Argument;
    public static implicit operator Arg(Device? value) => value is null ? default : new(new Value { tag = Value.Tag.Device, i = (long)value.type, index = value.index });
    public static implicit operator Arg(Generator? value) => value is null ? default : new(new Value { tag = Value.Tag.Generator, p = value.Handle }, value);
    public static implicit operator Arg(string? value) => value is null ? default : new(new Value { tag = Value.Tag.String }, System.Text.Encoding.UTF8.GetBytes(value));
    public static implicit operator Arg(long[]? value) => value is null ? default : new(new Value { tag = Value.Tag.IntList }, value);
    public static implicit operator Arg(double[]? value) => value is null ? default : new(new Value { tag = Value.Tag.DoubleList }, value);
    public static implicit operator Arg(Tensor?[]? value) => value is null ? default : new(new Value { tag = Value.Tag.TensorList }, value);
}
