using System.Globalization;
using System.Numerics;

namespace Microsoft.ML.Transforms;

/// <summary>What ML.NET knows of the values of primitive types: equality, order, missing ones, text.</summary>
internal static class RawValues
{
    public static IEqualityComparer<T> Equality<T>()
        => TextComparer.Instance as IEqualityComparer<T> ?? EqualityComparer<T>.Default;

    public static IComparer<T> Order<T>() => TextComparer.Instance as IComparer<T> ?? Comparer<T>.Default;

    /// <summary>Empty text, NaN and the key 0 are missing values.</summary>
    public static bool IsMissing<T>(T value, bool isKey)
        => value switch
        {
            float x => float.IsNaN(x),
            double x => double.IsNaN(x),
            ReadOnlyMemory<char> text => text.IsEmpty,
            _ => isKey && EqualityComparer<T>.Default.Equals(value, default),
        };

    /// <summary>NaN where there is one, else the default.</summary>
    public static T Missing<T>()
        => typeof(T) == typeof(float) ? (T)(object)float.NaN : typeof(T) == typeof(double) ? (T)(object)double.NaN : default;

    public static ReadOnlyMemory<char> ToText<T>(T value)
        => value switch
        {
            ReadOnlyMemory<char> text => text,
            bool x => (x ? "1" : "0").AsMemory(),
            float x => x.ToString("R", CultureInfo.InvariantCulture).AsMemory(),
            double x => x.ToString("G17", CultureInfo.InvariantCulture).AsMemory(),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture).AsMemory(),
        };

    /// <summary>Parses text; empty text is the default, "?" and "NaN" are missing. What cannot be parsed is missing too, where the type has such a value.</summary>
    public static bool TryParse<T>(ReadOnlySpan<char> text, out T value)
    {
        value = default;
        if (text.IsEmpty)
            return true;
        var parsed = value switch
        {
            float => TryParseReal<float>(text),
            double => TryParseReal<double>(text),
            sbyte => TryParseInteger<sbyte>(text),
            byte => TryParseInteger<byte>(text),
            short => TryParseInteger<short>(text),
            ushort => TryParseInteger<ushort>(text),
            int => TryParseInteger<int>(text),
            uint => TryParseInteger<uint>(text),
            long => TryParseInteger<long>(text),
            ulong => TryParseInteger<ulong>(text),
            bool => TryParseBoolean(text),
            _ => text.ToString().AsMemory(),
        };
        if (parsed is null)
        {
            value = Missing<T>();
            return typeof(T) == typeof(float) || typeof(T) == typeof(double);
        }
        value = (T)parsed;
        return true;
    }

    private static object TryParseReal<T>(ReadOnlySpan<char> text)
        where T : struct, INumberBase<T>
        => T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static object TryParseInteger<T>(ReadOnlySpan<char> text)
        where T : struct, INumberBase<T>
        => T.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static object TryParseBoolean(ReadOnlySpan<char> text)
        => text.ToString().ToLowerInvariant() switch
        {
            "t" or "y" or "1" or "+" or "+1" or "true" or "yes" => true,
            "f" or "n" or "0" or "-" or "-1" or "false" or "no" => false,
            _ => null,
        };

    private sealed class TextComparer : IEqualityComparer<ReadOnlyMemory<char>>, IComparer<ReadOnlyMemory<char>>
    {
        public static readonly TextComparer Instance = new();

        public bool Equals(ReadOnlyMemory<char> x, ReadOnlyMemory<char> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<char> obj) => string.GetHashCode(obj.Span);

        public int Compare(ReadOnlyMemory<char> x, ReadOnlyMemory<char> y) => x.Span.CompareTo(y.Span, StringComparison.Ordinal);
    }
}
