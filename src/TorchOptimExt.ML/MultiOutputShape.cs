using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML;

/// <summary>
/// The schema shapes of scored data with several outputs, which ML.NET asks for before a pipeline is fitted. It lets nobody else make one:
/// its own transforms give columns of the types that are due.
/// </summary>
internal static class MultiOutputShape
{
    internal static SchemaShape Regression(MLContext context, SchemaShape shape, string label, string features, string? weight)
    {
        RequireVector(shape, label, "label", NumberDataViewType.Single);
        RequireInputs(shape, features, weight);
        return context.Transforms.CopyColumns(ScoreColumns.Score, label).GetOutputSchema(shape);
    }

    internal static SchemaShape MultiLabel(MLContext context, SchemaShape shape, string label, string features, string? weight)
    {
        RequireVector(shape, label, "label", NumberDataViewType.Single, BooleanDataViewType.Instance);
        RequireInputs(shape, features, weight);
        shape = context.Transforms.CopyColumns(ScoreColumns.Score, features).GetOutputSchema(shape);
        shape = context.Transforms.CopyColumns(ScoreColumns.Probability, features).GetOutputSchema(shape);
        return context.Transforms.Conversion.ConvertType(ScoreColumns.PredictedLabel, features, Microsoft.ML.Data.DataKind.Boolean)
            .GetOutputSchema(shape);
    }

    private static void RequireInputs(SchemaShape shape, string features, string? weight)
    {
        RequireVector(shape, features, "feature", NumberDataViewType.Single);
        if (weight is null) return;
        var column = Named(shape, weight, "weight");
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.ItemType != NumberDataViewType.Single)
            throw Unfit(column, "weight", "one Single");
    }

    private static void RequireVector(SchemaShape shape, string name, string role, params PrimitiveDataViewType[] items)
    {
        var column = Named(shape, name, role);
        if (column.Kind == SchemaShape.Column.VectorKind.Scalar || column.IsKey || !items.Contains(column.ItemType))
            throw Unfit(column, role, $"a vector of {string.Join(" or ", items.Select(item => item.ToString()))}");
    }

    private static SchemaShape.Column Named(SchemaShape shape, string name, string role)
    {
        var column = shape.FirstOrDefault(c => c.Name == name);
        return column.Name is not null ? column
            : throw new ArgumentOutOfRangeException(nameof(shape), $"There is no {role} column '{name}' before the trainer. The columns "
                + $"are {string.Join(", ", shape.Select(c => c.Name))}.");
    }

    private static ArgumentOutOfRangeException Unfit(SchemaShape.Column column, string role, string wanted)
    {
        var kind = column.IsKey ? "key" : column.ItemType.ToString();
        var given = column.Kind == SchemaShape.Column.VectorKind.Scalar ? $"one {kind}" : $"a vector of {kind}";
        return new("shape", $"The {role} column '{column.Name}' is {given}; it must be {wanted}.");
    }
}
