using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

public sealed class LbfgsLogisticRegressionBinaryTrainer
    : TrainerEstimatorBase<BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>, CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>
{
    internal LbfgsLogisticRegressionBinaryTrainer(string label, string feature, string weight)
        : base(feature, Scalar(label, BooleanDataViewType.Instance), weight)
    {
    }

    public override TrainerInfo Info { get; } = new();

    private protected override IEnumerable<SchemaShape.Column> OutputColumns(SchemaShape.Column label)
        =>
        [
            new("Score", SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, isKey: false, new SchemaShape(ScoreAnnotations())),
            new("Probability", SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, isKey: false, new SchemaShape(ScoreAnnotations(isNormalized: true))),
            new("PredictedLabel", SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, isKey: false, new SchemaShape(ScoreAnnotations())),
        ];
}
