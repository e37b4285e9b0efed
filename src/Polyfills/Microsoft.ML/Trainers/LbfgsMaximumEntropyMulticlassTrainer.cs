using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

public sealed class LbfgsMaximumEntropyMulticlassTrainer
    : TrainerEstimatorBase<MulticlassPredictionTransformer<MaximumEntropyModelParameters>, MaximumEntropyModelParameters>
{
    internal LbfgsMaximumEntropyMulticlassTrainer(string label, string feature, string weight)
        : base(feature, Scalar(label, NumberDataViewType.UInt32, isKey: true), weight)
    {
    }

    public override TrainerInfo Info { get; } = new();

    private protected override IEnumerable<SchemaShape.Column> OutputColumns(SchemaShape.Column label)
    {
        var keyValues = label.Annotations.Where(a => a.Name == AnnotationKinds.KeyValues).ToArray();
        return
        [
            new("Score", SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false, new SchemaShape(ClassNames(label).Concat(ScoreAnnotations()))),
            new("PredictedLabel", SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true, new SchemaShape(keyValues.Concat(ScoreAnnotations()))),
        ];
    }

    private static IEnumerable<SchemaShape.Column> ClassNames(SchemaShape.Column label)
    {
        if (!label.IsKey || label.Annotations.Find(AnnotationKinds.KeyValues) is not { Kind: SchemaShape.Column.VectorKind.Vector } values)
            yield break;
        if (values.ItemType is TextDataViewType)
            yield return new(AnnotationKinds.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, isKey: false);
        yield return new(AnnotationKinds.TrainingLabelValues, SchemaShape.Column.VectorKind.Vector, values.ItemType, isKey: false);
    }
}
