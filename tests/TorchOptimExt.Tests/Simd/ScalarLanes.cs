using System.Numerics;
using TorchOptimExt.Rules;

namespace TorchOptimExt.Tests.Simd;

/// <summary>One number as lanes, by .NET's scalar arithmetic, which IEEE 754 defines to the bit: what every register must agree with.</summary>
internal readonly struct ScalarLanes<T>(T value, bool condition = false) : ILanes<ScalarLanes<T>> where T : struct, IBinaryFloatingPointIeee754<T>
{
    private readonly bool condition = condition;

    public T Value { get; } = value;

    public static implicit operator ScalarLanes<T>(double number) => new(T.CreateTruncating(number));
    public static ScalarLanes<T> operator +(ScalarLanes<T> a, ScalarLanes<T> b) => new(a.Value + b.Value);
    public static ScalarLanes<T> operator -(ScalarLanes<T> a, ScalarLanes<T> b) => new(a.Value - b.Value);
    public static ScalarLanes<T> operator *(ScalarLanes<T> a, ScalarLanes<T> b) => new(a.Value * b.Value);
    public static ScalarLanes<T> operator /(ScalarLanes<T> a, ScalarLanes<T> b) => new(a.Value / b.Value);
    public static ScalarLanes<T> operator -(ScalarLanes<T> a) => new(-a.Value);
    public static ScalarLanes<T> operator >(ScalarLanes<T> a, ScalarLanes<T> b) => new(default, a.Value > b.Value);
    public static ScalarLanes<T> operator <(ScalarLanes<T> a, ScalarLanes<T> b) => new(default, a.Value < b.Value);
    public static ScalarLanes<T> Sqrt(ScalarLanes<T> a) => new(T.Sqrt(a.Value));
    public static ScalarLanes<T> MultiplyAdd(ScalarLanes<T> a, ScalarLanes<T> b, ScalarLanes<T> addend) => new(T.FusedMultiplyAdd(a.Value, b.Value, addend.Value));
    public static ScalarLanes<T> Min(ScalarLanes<T> a, ScalarLanes<T> b) => a.Value < b.Value || T.IsNaN(a.Value) ? a : b;
    public static ScalarLanes<T> Max(ScalarLanes<T> a, ScalarLanes<T> b) => a.Value > b.Value || T.IsNaN(a.Value) ? a : b;
    public static ScalarLanes<T> Sign(ScalarLanes<T> a) => new(a.Value > T.Zero ? T.One : a.Value < T.Zero ? -T.One : T.Zero);
    public static ScalarLanes<T> Where(ScalarLanes<T> condition, ScalarLanes<T> yes, ScalarLanes<T> no) => condition.condition ? yes : no;
}
