using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Conversions between the values of primitive types.</summary>
internal static class Conversion
{
    private static readonly DataViewType[] Signed = [NumberDataViewType.SByte, NumberDataViewType.Int16, NumberDataViewType.Int32, NumberDataViewType.Int64];
    private static readonly DataViewType[] Unsigned = [NumberDataViewType.Byte, NumberDataViewType.UInt16, NumberDataViewType.UInt32, NumberDataViewType.UInt64];
    private static readonly DataViewType[] Real = [NumberDataViewType.Single, NumberDataViewType.Double];

    /// <summary>Whether ML.NET converts: nothing but text becomes an integer of the other signedness, no real becomes an integer.</summary>
    public static bool Exists(DataViewType source, DataViewType target)
        => source is TextDataViewType or BooleanDataViewType or NumberDataViewType
            && (target is TextDataViewType or BooleanDataViewType || source is TextDataViewType || Real.Contains(target)
                || (Signed.Contains(target) && (Signed.Contains(source) || source is BooleanDataViewType))
                || (Unsigned.Contains(target) && Unsigned.Contains(source)));

    public static TTarget Convert<TSource, TTarget>(TSource value)
    {
        if (value is TTarget same)
            return same;
        if (value is ReadOnlyMemory<char> text)
        {
            // What is no boolean is false, what is no real is NaN; there is no such value among the integers.
            return RawValues.TryParse<TTarget>(text.Span, out var parsed) || parsed is bool ? parsed
                : throw new InvalidOperationException($"Could not parse value '{text}' as {typeof(TTarget).Name}");
        }
        if (typeof(TTarget) == typeof(ReadOnlyMemory<char>))
            return (TTarget)(object)(value is bool flag ? flag.ToString().AsMemory() : RawValues.ToText(value));
        return (TTarget)System.Convert.ChangeType(value, typeof(TTarget), CultureInfo.InvariantCulture);
    }
}
