namespace Microsoft.ML.Data;

/// <summary>Values of one column that are kept apart from the cursor they came from.</summary>
internal abstract class ColumnBuffer
{
    public static ColumnBuffer Create(DataViewType type)
        => (ColumnBuffer)(type is VectorDataViewType vector
            ? Generic.Call(CreateVector<int>, vector.ItemType.RawType)
            : Generic.Call(CreateScalar<int>, type.RawType));

    /// <summary>Returns what stores the row's current value at an index, which may be one past the last.</summary>
    public abstract Action<int> CreateStore(DataViewRow row, DataViewSchema.Column column);

    /// <summary>A getter of the value at the index that <paramref name="index"/> returns; null if the type is another.</summary>
    public abstract ValueGetter<TValue> CreateGetter<TValue>(Func<int> index);

    public abstract void Move(int from, int to);

    private static Typed<T> CreateScalar<T>() => new((in T source, ref T destination) => destination = source);

    private static Typed<VBuffer<T>> CreateVector<T>() => new((in VBuffer<T> source, ref VBuffer<T> destination) => source.CopyTo(ref destination));

    private delegate void Copy<T>(in T source, ref T destination);

    private sealed class Typed<T>(Copy<T> copy) : ColumnBuffer
    {
        private readonly List<T> _values = [];

        public override Action<int> CreateStore(DataViewRow row, DataViewSchema.Column column)
        {
            var getter = row.GetGetter<T>(column);
            return index =>
            {
                T value = default;
                getter(ref value);
                if (index == _values.Count)
                    _values.Add(value);
                else
                    _values[index] = value;
            };
        }

        public override ValueGetter<TValue> CreateGetter<TValue>(Func<int> index)
        {
            ValueGetter<T> getter = (ref T value) => copy(_values[index()], ref value);
            return getter as ValueGetter<TValue>;
        }

        public override void Move(int from, int to) => _values[to] = _values[from];
    }
}
