using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

public sealed class LbfgsPoissonRegressionTrainer
    : TrainerEstimatorBase<RegressionPredictionTransformer<PoissonRegressionModelParameters>, PoissonRegressionModelParameters>
{
    internal LbfgsPoissonRegressionTrainer(string label, string feature, string weight)
        : base(feature, Scalar(label, NumberDataViewType.Single), weight)
    {
    }

    public override TrainerInfo Info { get; } = new();

    private protected override IEnumerable<SchemaShape.Column> OutputColumns(SchemaShape.Column label)
        => [new("Score", SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, isKey: false, new SchemaShape(ScoreAnnotations()))];
}
