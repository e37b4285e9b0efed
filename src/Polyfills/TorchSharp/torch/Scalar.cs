namespace TorchSharp;

/// <summary>A number that an operator takes with the type that it was given in.</summary>
public sealed class Scalar : IDisposable
{
    internal Scalar(Value value) => Value = value;
    internal Scalar(long value) : this(new Value { tag = Value.Tag.Int, i = value }) { }
    internal Scalar(double value) : this(new Value { tag = Value.Tag.Double, d = value }) { }

    internal Value Value { get; }
    internal Arg Argument => Value.tag switch { Value.Tag.Int => Arg.Int(Value.i), Value.Tag.Bool => Value.i != 0, _ => Arg.Double(Value.d) };
    internal double Number => Value.tag == Value.Tag.Double ? Value.d : Value.i;
    internal long Integer => Value.tag == Value.Tag.Double ? (long)Value.d : Value.i;

    public ScalarType Type => Value.tag switch { Value.Tag.Int => ScalarType.Int64, Value.Tag.Bool => ScalarType.Bool, _ => ScalarType.Float64 };

    public static implicit operator Scalar(byte value) => new((long)value);
    public static implicit operator Scalar(sbyte value) => new((long)value);
    public static implicit operator Scalar(short value) => new((long)value);
    public static implicit operator Scalar(int value) => new((long)value);
    public static implicit operator Scalar(long value) => new(value);
    public static implicit operator Scalar(Half value) => new((double)value);
    public static implicit operator Scalar(float value) => new((double)value);
    public static implicit operator Scalar(double value) => new(value);
    public static implicit operator Scalar(bool value) => new(new Value { tag = Value.Tag.Bool, i = value ? 1 : 0 });

    public void Dispose() { }
}

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
    public static Scalar ToScalar(this bool value) => value;
    public static float ToSingle(this Scalar value) => (float)value.Number;
    public static double ToDouble(this Scalar value) => value.Number;
    public static int ToInt32(this Scalar value) => (int)value.Integer;
    public static long ToInt64(this Scalar value) => value.Integer;
    public static bool ToBoolean(this Scalar value) => value.Number != 0;
}
