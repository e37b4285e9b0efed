using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Conversions between the values of primitive types.</summary>
internal static class Conversion
{
    public static bool Exists(DataViewType source, DataViewType target)
        => source.Equals(target)
            || (source is NumberDataViewType or BooleanDataViewType or TextDataViewType && target is NumberDataViewType or TextDataViewType)
            || (source is TextDataViewType && target is BooleanDataViewType);

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
