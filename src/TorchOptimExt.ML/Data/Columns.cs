using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Data;

/// <summary>The columns of a data view by name, and what is said of those that do not fit.</summary>
internal static class Columns
{
    internal static DataViewSchema.Column Named(DataViewSchema schema, string name, string role) => schema.GetColumnOrNull(name)
        ?? throw new ArgumentOutOfRangeException("data",
            $"The data has no {role} column '{name}'. Its columns are {string.Join(", ", schema.Select(c => c.Name))}.");

    /// <summary>The width of a feature column.</summary>
    internal static int Inputs(DataViewSchema.Column features) =>
        features.Type is VectorDataViewType { Size: > 0 } vector && vector.ItemType == NumberDataViewType.Single ? vector.Size
            : throw Unfit(features, "feature", "a vector of Single of known size");

    internal static ArgumentOutOfRangeException Unfit(DataViewSchema.Column column, string role, string wanted) =>
        new("data", $"The {role} column '{column.Name}' is {column.Type}; it must be {wanted}.");
}
