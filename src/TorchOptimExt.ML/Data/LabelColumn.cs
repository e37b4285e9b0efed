using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Data;

/// <summary>Writes the label of the row at hand; says what is wrong with it, or null.</summary>
internal delegate string? LabelGetter(Span<float> target);

/// <summary>What kind of label a task reads, as float32 numbers.</summary>
internal abstract class LabelColumn
{
    /// <summary>The numbers of a row's label: 1, or the length of the vector. Throws where the column is of another type.</summary>
    internal abstract int Width(DataViewSchema.Column label);

    internal abstract LabelGetter Getter(DataViewRowCursor cursor, DataViewSchema.Column label);

    /// <summary>True or false, as 1 or 0.</summary>
    internal sealed class Truth : LabelColumn
    {
        internal override int Width(DataViewSchema.Column label) => label.Type == BooleanDataViewType.Instance ? 1
            : throw Columns.Unfit(label, "label", "Boolean");

        internal override LabelGetter Getter(DataViewRowCursor cursor, DataViewSchema.Column label)
        {
            var get = cursor.GetGetter<bool>(label);
            return target =>
            {
                var truth = false;
                get(ref truth);
                target[0] = truth ? 1 : 0;
                return null;
            };
        }
    }

    /// <summary>A number.</summary>
    internal sealed class Number : LabelColumn
    {
        internal override int Width(DataViewSchema.Column label) => label.Type == NumberDataViewType.Single ? 1
            : throw Columns.Unfit(label, "label", "Single");

        internal override LabelGetter Getter(DataViewRowCursor cursor, DataViewSchema.Column label)
        {
            var get = cursor.GetGetter<float>(label);
            return target =>
            {
                get(ref target[0]);
                return float.IsFinite(target[0]) ? null : "has NaN or infinite label";
            };
        }
    }

    /// <summary>A class, counted from 0. A key counts from 1; 0 is a missing value.</summary>
    internal sealed class Class : LabelColumn
    {
        internal override int Width(DataViewSchema.Column label)
        {
            Count(label);
            return 1;
        }

        /// <summary>The number of classes of a key column.</summary>
        internal static int Count(DataViewSchema.Column label) => label.Type is KeyDataViewType { Count: > 0 and <= int.MaxValue } key
            ? (int)key.Count : throw Columns.Unfit(label, "label", "a key of known size: map it with MapValueToKey");

        internal override LabelGetter Getter(DataViewRowCursor cursor, DataViewSchema.Column label)
        {
            var (classes, type) = ((ulong)Count(label), label.Type.RawType);
            return type == typeof(byte) ? Of<byte>() : type == typeof(ushort) ? Of<ushort>() : type == typeof(uint) ? Of<uint>()
                : Of<ulong>();

            LabelGetter Of<T>() where T : struct, IBinaryInteger<T>
            {
                var get = cursor.GetGetter<T>(label);
                return target =>
                {
                    T key = default;
                    get(ref key);
                    var number = ulong.CreateTruncating(key);
                    if (number > classes) return $"has the label key {number}, of {classes} keys,";
                    target[0] = number - 1f;
                    return number == 0 ? "has no label" : null;
                };
            }
        }
    }

    /// <summary>Several numbers. NaN is a missing one.</summary>
    internal sealed class Numbers : LabelColumn
    {
        internal override int Width(DataViewSchema.Column label) =>
            label.Type is VectorDataViewType { Size: > 0 } vector && vector.ItemType == NumberDataViewType.Single ? vector.Size
                : throw Columns.Unfit(label, "label", "a vector of Single of known size");

        internal override LabelGetter Getter(DataViewRowCursor cursor, DataViewSchema.Column label) =>
            Vector<float>(cursor, label, static value => value, static value => !float.IsInfinity(value), "has an infinite label");
    }

    /// <summary>Several truths: 1 or 0, as Single or Boolean. NaN is a missing one.</summary>
    internal sealed class Truths : LabelColumn
    {
        internal override int Width(DataViewSchema.Column label) =>
            label.Type is VectorDataViewType { Size: > 0 } vector
            && (vector.ItemType == NumberDataViewType.Single || vector.ItemType == BooleanDataViewType.Instance) ? vector.Size
                : throw Columns.Unfit(label, "label", "a vector of Boolean, or of Single (0, 1 or NaN), of known size");

        internal override LabelGetter Getter(DataViewRowCursor cursor, DataViewSchema.Column label) =>
            ((VectorDataViewType)label.Type).ItemType == BooleanDataViewType.Instance
                ? Vector<bool>(cursor, label, static value => value ? 1 : 0, static _ => true, "")
                : Vector<float>(cursor, label, static value => value, static value => value is 0 or 1 || float.IsNaN(value),
                    "has a label that is not 0, 1 or NaN");
    }

    private static LabelGetter Vector<T>(DataViewRowCursor cursor, DataViewSchema.Column label, Func<T, float> number, Func<T, bool> good,
        string fault)
    {
        var get = cursor.GetGetter<VBuffer<T>>(label);
        VBuffer<T> row = default;
        return target =>
        {
            get(ref row);
            if (row.Length != target.Length) return $"has {row.Length} labels instead of {target.Length}";
            var at = 0;
            foreach (var value in row.DenseValues())
            {
                if (!good(value)) return fault;
                target[at++] = number(value);
            }
            return null;
        };
    }
}
