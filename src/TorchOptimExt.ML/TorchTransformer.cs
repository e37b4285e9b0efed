using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt.ML.Saving;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML;

/// <summary>
/// A trained model in a pipeline: adds Score, and Probability and PredictedLabel where the task has them. Rows are
/// scored in batches, lazily, for the columns that are asked for.
/// </summary>
/// <remarks>
/// <c>mlContext.Model.Save</c> writes it as built-in transformers, so that <c>mlContext.Model.Load</c> gives a working
/// model in any process that has this assembly; such a model scores row by row. <see cref="Restore"/> gives this one back.
/// <para>It is not disposable, since a prediction engine disposes the transformer that it was made of. The module's tensors go
/// with the garbage collector, or where <see cref="TorchModel.Dispose"/> of <see cref="Model"/> is called.</para>
/// </remarks>
public sealed class TorchTransformer : ISingleFeaturePredictionTransformer<TorchModel>
{
    internal TorchTransformer(string featureColumnName, TorchModel model)
    {
        (FeatureColumnName, Model) = (featureColumnName, model);
        FeatureColumnType = new VectorDataViewType(NumberDataViewType.Single, (int)model.Inputs);
    }

    /// <summary>The column of features.</summary>
    public string FeatureColumnName { get; }

    /// <summary>A vector of Single of the size that the model was trained on.</summary>
    public DataViewType FeatureColumnType { get; }

    /// <summary>The trained model.</summary>
    public TorchModel Model { get; }

    /// <summary>True: every row is scored by itself.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>The schema of scored data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of another type or width.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    /// <summary>Scored data, computed as it is read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of another type or width.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredDataView(input, Bind(input.Schema));
    }

    /// <summary>The model for single rows, as prediction engines use it.</summary>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => Bind(inputSchema);

    /// <summary>
    /// The model with each torch model in it scoring in batches again, where it was loaded from a file: the same
    /// transformers otherwise.
    /// </summary>
    /// <param name="loaded">What <c>mlContext.Model.Load</c> returned.</param>
    public static ITransformer Restore(ITransformer loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        return ModelChain.Restore(loaded);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)ModelChain.Make(FeatureColumnName, Model)).Save(ctx);

    private ScoreMapper Bind(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new(schema, FeatureColumnName, Model);
    }
}
