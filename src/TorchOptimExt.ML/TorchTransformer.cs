using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt.ML.Onnx;
using TorchOptimExt.ML.Saving;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML;

/// <summary>
/// A trained model in a pipeline. It adds the columns Score (the number, the logit, or the probabilities of the classes), PredictedLabel
/// for classification, and Probability for two classes and for several labels; of several outputs or labels they are vectors. Rows are
/// scored in batches, as they are read, and only where one of these columns is asked for.
/// </summary>
/// <remarks>
/// <c>mlContext.Model.Save</c> writes it as built-in transformers, so that <c>mlContext.Model.Load</c> gives a working
/// model in any process that has this assembly; such a model scores row by row. <see cref="Restore"/> gives this one back. Saving throws
/// <see cref="InvalidOperationException"/> where the module is your own and has no registered name.
/// <para>Scoring is safe from several threads.</para>
/// <para>It is not disposable, since a prediction engine disposes the transformer that it was made of. The module's tensors are freed
/// by the garbage collector, or where <see cref="TorchModel.Dispose"/> of <see cref="Model"/> is called.</para>
/// </remarks>
public sealed class TorchTransformer : ISingleFeaturePredictionTransformer<TorchModel>
{
    internal TorchTransformer(string featureColumnName, TorchModel model)
    {
        (FeatureColumnName, Model) = (featureColumnName, model);
        FeatureColumnType = new VectorDataViewType(NumberDataViewType.Single, (int)model.Inputs);
    }

    /// <summary>The name of the feature column.</summary>
    public string FeatureColumnName { get; }

    /// <summary>The type of the feature column: a vector of Single of the size that the model was trained on.</summary>
    public DataViewType FeatureColumnType { get; }

    /// <summary>The trained model.</summary>
    public TorchModel Model { get; }

    /// <summary>True: the score of a row does not depend on other rows.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>The schema of scored data: that of the input, and the new columns.</summary>
    /// <param name="inputSchema">The schema of the data to score.</param>
    /// <returns>The schema.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="inputSchema"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of another type or width.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    /// <summary>Scores data, lazily: rows are scored when they are read, and each time they are.</summary>
    /// <param name="input">The data to score; it must give the same rows each time it is read.</param>
    /// <returns>The input with the new columns.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="input"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of another type or width.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredDataView(input, Bind(input.Schema));
    }

    /// <summary>Binds the model to a schema for scoring single rows, as prediction engines do.</summary>
    /// <param name="inputSchema">The schema of the rows to score.</param>
    /// <returns>The mapper.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="inputSchema"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of another type or width.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => Bind(inputSchema);

    /// <summary>
    /// Makes the torch models in a pipeline that was loaded from a file score in batches again; other transformers stay as they are.
    /// </summary>
    /// <param name="loaded">What <c>mlContext.Model.Load</c> returned.</param>
    /// <returns>The pipeline, with a <see cref="TorchTransformer"/> for each torch model.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="loaded"/> is null.</exception>
    /// <exception cref="InvalidOperationException">A model's module is not registered in this process; see <see
    /// cref="TorchModules.Register"/>.</exception>
    /// <exception cref="InvalidDataException">A model is damaged, of another version, or its weights do not fit the registered
    /// module.</exception>
    /// <example>
    /// <code>
    /// var model = TorchTransformer.Restore(mlContext.Model.Load("model.zip", out var schema));
    /// </code>
    /// </example>
    public static ITransformer Restore(ITransformer loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        return ModelChain.Restore(loaded, static (features, model) => new TorchTransformer(features, model));
    }

    /// <summary>
    /// Writes the model by itself as an ONNX file, with what standardizes its features and takes its label's standardization back. It takes
    /// the feature column, float32 of shape [rows, features], and gives Score.output and, as the task has them, Probability.output and
    /// PredictedLabel.output (a key counts from 1), each of shape [rows, values]. For a whole pipeline, see
    /// <see cref="OnnxCatalog.ConvertTorchToOnnx(ModelOperationsCatalog, ITransformer, IDataView, Stream, string[])"/>.
    /// </summary>
    /// <param name="stream">Where the file is written.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="OnnxExportException">A layer of the module cannot be written; it is named.</exception>
    public void SaveAsOnnx(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        OnnxProto.Write(PipelineWriter.Write(FeatureColumnName, Model), stream);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)ModelChain.Make(FeatureColumnName, Model)).Save(ctx);

    private ScoreMapper Bind(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new(schema, FeatureColumnName, Model);
    }
}
