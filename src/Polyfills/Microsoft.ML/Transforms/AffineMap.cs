using System.Numerics;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>The map (x − offset) · scale of each slot of a column.</summary>
internal abstract class AffineMap
{
    public static AffineMap Load(BinaryReader reader)
        => reader.ReadBoolean() ? new AffineMap<float>(reader.ReadArray<float>(), reader.ReadArray<float>())
            : new AffineMap<double>(reader.ReadArray<double>(), reader.ReadArray<double>());

    public abstract void Save(BinaryWriter writer);

    public abstract void CheckFits(DataViewSchema.Column column);

    public abstract Delegate CreateGetter(DataViewRow row, DataViewSchema.Column column);
}

internal sealed class AffineMap<T>(T[] scale, T[] offset) : AffineMap
    where T : struct, IFloatingPointIeee754<T>
{
    private readonly bool _keepsZero = offset.All(T.IsZero);

    public override void Save(BinaryWriter writer)
    {
        writer.Write(typeof(T) == typeof(float));
        writer.WriteArray(scale);
        writer.WriteArray(offset);
    }

    public override void CheckFits(DataViewSchema.Column column)
    {
        if (column.Type.ItemType().RawType != typeof(T) || column.Type.SlotCount() != scale.Length)
            throw Check.SchemaMismatch("input", column.Name, $"{scale.Length} slots of {typeof(T).Name}", column.Type.ToString());
    }

    public override Delegate CreateGetter(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType)
        {
            var getScalar = row.GetGetter<T>(column);
            return (ValueGetter<T>)((ref T value) =>
            {
                getScalar(ref value);
                value = Apply(value, 0);
            });
        }
        var getVector = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> input = default;
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            getVector(ref input);
            Check.State(input.Length == scale.Length, $"Normalizer expected {scale.Length} slots but got {input.Length}");
            if (_keepsZero)
                input.CopyTo(ref value);
            else
                input.CopyToDense(ref value);
            var editor = VBufferEditor.CreateFromBuffer(ref value);
            for (var i = 0; i < editor.Values.Length; i++)
                editor.Values[i] = Apply(editor.Values[i], value.IsDense ? i : editor.Indices[i]);
        });
    }

    private T Apply(T value, int slot) => (value - offset[slot]) * scale[slot];
}
