using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

public interface ITrainerEstimator<out TTransformer, out TModel> : IEstimator<TTransformer>
    where TTransformer : IPredictionTransformer<TModel>
    where TModel : class
{
    TrainerInfo Info { get; }
}

/// <summary>
/// The schema of a trainer of ML.NET: which columns it needs and which ones its model adds.
/// Training itself is not in this polyfill.
/// </summary>
public abstract class TrainerEstimatorBase<TTransformer, TModel> : ITrainerEstimator<TTransformer, TModel>
    where TTransformer : ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
{
    public readonly SchemaShape.Column FeatureColumn;
    public readonly SchemaShape.Column LabelColumn;
    public readonly SchemaShape.Column WeightColumn;

    private protected TrainerEstimatorBase(string feature, SchemaShape.Column label, string weight)
    {
        FeatureColumn = new(feature, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false);
        LabelColumn = label;
        if (weight is not null)
            WeightColumn = new(weight, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, isKey: false);
    }

    public abstract TrainerInfo Info { get; }

    public TTransformer Fit(IDataView input)
    {
        CheckInput(SchemaShape.Create(Check.NotNull(input, nameof(input)).Schema));
        throw new NotSupportedException($"{GetType().Name} cannot be trained here: this polyfill of ML.NET knows its schema alone, training needs the package Microsoft.ML.");
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        CheckInput(Check.NotNull(inputSchema, nameof(inputSchema)));
        return inputSchema.With(OutputColumns(inputSchema.Get("label", LabelColumn.Name)));
    }

    private protected abstract IEnumerable<SchemaShape.Column> OutputColumns(SchemaShape.Column label);

    private protected virtual void CheckLabel(SchemaShape.Column label) => CheckCompatible("label", LabelColumn, label, "labelCol");

    private protected static SchemaShape.Column Scalar(string name, DataViewType type, bool isKey = false)
        => new(name, SchemaShape.Column.VectorKind.Scalar, type, isKey);

    /// <summary>The annotations by which evaluators recognise a trainer's columns.</summary>
    private protected static IEnumerable<SchemaShape.Column> ScoreAnnotations(bool isNormalized = false)
    {
        yield return Scalar(AnnotationKinds.ScoreColumnSetId, NumberDataViewType.UInt32, isKey: true);
        yield return Scalar(AnnotationKinds.ScoreColumnKind, TextDataViewType.Instance);
        yield return Scalar(AnnotationKinds.ScoreValueKind, TextDataViewType.Instance);
        if (isNormalized)
            yield return Scalar(AnnotationKinds.IsNormalized, BooleanDataViewType.Instance);
    }

    private static void CheckCompatible(string role, SchemaShape.Column expected, SchemaShape.Column found, string argument = "inputSchema")
    {
        if (!expected.IsCompatibleWith(found))
            throw Check.SchemaMismatch(role, expected.Name, expected.TypeName(), found.TypeName(), argument);
    }

    private void CheckInput(SchemaShape input)
    {
        CheckCompatible("feature", FeatureColumn, input.Get("feature", FeatureColumn.Name));
        if (WeightColumn.IsValid)
            CheckCompatible("weight", WeightColumn, input.Get("weight", WeightColumn.Name));
        CheckLabel(input.Get("label", LabelColumn.Name));
    }
}
