using Microsoft.ML.Transforms;

namespace Microsoft.ML.Data;

internal static class MissingValues
{
    /// <summary>Whether the row's value, or a value of its vector, is missing.</summary>
    public static Func<bool> Test(DataViewRow row, DataViewSchema.Column column)
        => (Func<bool>)Generic.Call(TestOf<int>, column.Type.ItemType().RawType, row, column);

    public static bool Exist(DataViewType type)
        => type.ItemType() is KeyDataViewType || type.ItemType() == NumberDataViewType.Single || type.ItemType() == NumberDataViewType.Double;

    private static Func<bool> TestOf<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var isKey = column.Type.ItemType() is KeyDataViewType;
        if (column.Type is VectorDataViewType)
        {
            var readVector = ClrValue.Reader<VBuffer<T>>(row, column);
            return () => readVector().DenseValues().Any(value => RawValues.IsMissing(value, isKey));
        }
        var read = ClrValue.Reader<T>(row, column);
        return () => RawValues.IsMissing(read(), isKey);
    }
}
