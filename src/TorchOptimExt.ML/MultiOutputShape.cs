using Microsoft.ML;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML;

/// <summary>
/// The schema shapes of scored data with several outputs, which ML.NET asks for before a pipeline is fitted. It lets nobody else make one:
/// its own transforms give columns of the types that are due.
/// </summary>
internal static class MultiOutputShape
{
    internal static SchemaShape Regression(MLContext context, SchemaShape shape, string label, string features)
    {
        Require(shape, label, features);
        return context.Transforms.CopyColumns(ScoreColumns.Score, label).GetOutputSchema(shape);
    }

    internal static SchemaShape MultiLabel(MLContext context, SchemaShape shape, string label, string features)
    {
        Require(shape, label, features);
        shape = context.Transforms.CopyColumns(ScoreColumns.Score, features).GetOutputSchema(shape);
        shape = context.Transforms.CopyColumns(ScoreColumns.Probability, features).GetOutputSchema(shape);
        return context.Transforms.Conversion.ConvertType(ScoreColumns.PredictedLabel, features, Microsoft.ML.Data.DataKind.Boolean)
            .GetOutputSchema(shape);
    }

    private static void Require(SchemaShape shape, string label, string features)
    {
        foreach (var (name, role) in new[] { (label, "label"), (features, "feature") })
        {
            var column = shape.FirstOrDefault(c => c.Name == name);
            if (column.Name is null)
                throw new ArgumentOutOfRangeException(nameof(shape), $"There is no {role} column '{name}' before the trainer. The columns "
                    + $"are {string.Join(", ", shape.Select(c => c.Name))}.");
            if (column.Kind == SchemaShape.Column.VectorKind.Scalar)
                throw new ArgumentOutOfRangeException(nameof(shape), $"The {role} column '{name}' is one {column.ItemType}; it must be a "
                    + "vector.");
        }
    }
}
