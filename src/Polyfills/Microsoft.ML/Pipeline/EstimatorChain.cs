using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Estimators one after the other: each learns from the data that those before it have transformed.</summary>
public sealed class EstimatorChain<TLastTransformer> : IEstimator<TransformerChain<TLastTransformer>>
    where TLastTransformer : class, ITransformer
{
    public readonly IEstimator<TLastTransformer> LastEstimator;
    private readonly EstimatorLink[] _links;

    public EstimatorChain()
        : this([])
    {
    }

    internal EstimatorChain(IEnumerable<EstimatorLink> links)
    {
        _links = [.. links];
        LastEstimator = _links.LastOrDefault().Estimator as IEstimator<TLastTransformer>;
    }

    public TransformerChain<TLastTransformer> Fit(IDataView input)
    {
        GetOutputSchema(SchemaShape.Create(input.Schema));
        var transformers = new List<ITransformer>();
        foreach (var link in _links)
        {
            var transformer = link.Estimator.Fit(input);
            transformers.Add(transformer);
            input = transformer.Transform(input);
            if (link.CacheAfter && transformers.Count < _links.Length)
                input = new CachedDataView(input);
        }
        return new(transformers, _links.Select(link => link.Scope));
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => _links.Aggregate(inputSchema, (shape, link) => link.Estimator.GetOutputSchema(shape));

    public EstimatorChain<TNewTrans> Append<TNewTrans>(IEstimator<TNewTrans> estimator, TransformerScope scope = TransformerScope.Everything)
        where TNewTrans : class, ITransformer
        => new(_links.Append(new EstimatorLink(Check.NotNull(estimator, nameof(estimator)), scope, CacheAfter: false)));

    public EstimatorChain<TLastTransformer> AppendCacheCheckpoint(IHostEnvironment env)
    {
        Check.NotNull(env, nameof(env));
        Check.State(_links.Length > 0, "Current estimator chain has no estimator, can't append cache checkpoint.");
        return new([.. _links[..^1], _links[^1] with { CacheAfter = true }]);
    }
}

internal readonly record struct EstimatorLink(IEstimator<ITransformer> Estimator, TransformerScope Scope, bool CacheAfter);
