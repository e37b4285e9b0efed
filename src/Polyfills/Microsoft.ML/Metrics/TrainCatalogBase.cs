using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>What the catalogs of the learning tasks share: cross-validation.</summary>
public abstract class TrainCatalogBase
{
    private readonly DataOperationsCatalog _data;

    private protected TrainCatalogBase(DataOperationsCatalog data) => _data = data;

    internal DataOperationsCatalog Data => _data;

    private protected CrossValidationResult<TMetrics>[] CrossValidate<TMetrics>(IDataView data, IEstimator<ITransformer> estimator, int numberOfFolds,
        string labelColumnName, string samplingKeyColumnName, int? seed, Func<IDataView, TMetrics> evaluate)
        where TMetrics : class
    {
        Check.NonEmpty(labelColumnName, nameof(labelColumnName));
        Check.NotNull(estimator, nameof(estimator));
        var folds = _data.CrossValidationSplit(data, numberOfFolds, samplingKeyColumnName, seed)
            .Select((split, fold) => (Fold: fold, Model: estimator.Fit(split.TrainSet), split.TestSet)).ToArray();
        return [.. folds.Select(f =>
        {
            var scored = f.Model is IScopedTransformer chain ? chain.Transform(f.TestSet, TransformerScope.Everything) : f.Model.Transform(f.TestSet);
            return new CrossValidationResult<TMetrics>(f.Model, evaluate(scored), scored, f.Fold);
        })];
    }

    public abstract class CatalogInstantiatorBase
    {
        private protected CatalogInstantiatorBase()
        {
        }
    }

    public sealed class CrossValidationResult<T>
        where T : class
    {
        public readonly T Metrics;
        public readonly ITransformer Model;
        public readonly IDataView ScoredHoldOutSet;
        public readonly int Fold;

        internal CrossValidationResult(ITransformer model, T metrics, IDataView scores, int fold)
            => (Model, Metrics, ScoredHoldOutSet, Fold) = (model, metrics, scores, fold);
    }
}
