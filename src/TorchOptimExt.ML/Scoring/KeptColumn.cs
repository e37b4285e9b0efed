using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Scoring;

/// <summary>The values of a column in the rows of a batch, which a cursor has passed already.</summary>
internal abstract class KeptColumn
{
    /// <summary>Room for a batch of a column's values.</summary>
    internal static KeptColumn Of(DataViewRow read, DataViewSchema.Column column, int batch)
    {
        var type = column.Type is VectorDataViewType vector ? typeof(Vectors<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(Values<>).MakeGenericType(column.Type.RawType);
        return (KeptColumn)Activator.CreateInstance(type, read, column, batch)!;
    }

    /// <summary>Keeps the value of the row at hand.</summary>
    internal abstract void Keep(int at);

    /// <summary>A getter of the value at the place that is asked for.</summary>
    internal abstract Delegate Getter(Func<int> at);

    private sealed class Values<T>(DataViewRow read, DataViewSchema.Column column, int batch) : KeptColumn
    {
        private readonly ValueGetter<T> get = read.GetGetter<T>(column);
        private readonly T[] values = new T[batch];

        internal override void Keep(int at) => get(ref values[at]);
        internal override Delegate Getter(Func<int> at) => (ValueGetter<T>)((ref T value) => value = values[at()]);
    }

    private sealed class Vectors<T>(DataViewRow read, DataViewSchema.Column column, int batch) : KeptColumn
    {
        private readonly ValueGetter<VBuffer<T>> get = read.GetGetter<VBuffer<T>>(column);
        private readonly VBuffer<T>[] values = new VBuffer<T>[batch];

        internal override void Keep(int at) => get(ref values[at]);
        internal override Delegate Getter(Func<int> at) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
            values[at()].CopyTo(ref value));
    }
}
