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
            RawValues.TryParse<TTarget>(text.Span, out var parsed);
            return parsed;
        }
        if (typeof(TTarget) == typeof(ReadOnlyMemory<char>))
            return (TTarget)(object)RawValues.ToText(value);
        return (TTarget)System.Convert.ChangeType(value, typeof(TTarget), CultureInfo.InvariantCulture);
    }
}
