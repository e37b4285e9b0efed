using Microsoft.ML;
using TorchOptimExt.ML.Onnx;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML;

/// <summary>Adds to <c>mlContext.Model</c> the conversion of pipelines with torch models to ONNX.</summary>
public static class OnnxCatalog
{
    /// <summary>
    /// Writes a pipeline with torch models as one ONNX file: what <c>ConvertToOnnx</c> does for ML.NET's own models, which leaves torch
    /// models out.
    /// </summary>
    /// <param name="catalog">The operations on models.</param>
    /// <param name="model">The trained pipeline, or what <c>mlContext.Model.Load</c> gave.</param>
    /// <param name="data">Data as the pipeline takes it. Its columns are the file's inputs; its rows are not read.</param>
    /// <param name="stream">Where the file is written.</param>
    /// <param name="outputColumns">
    /// The columns to give; the file then takes those inputs only that they need. None gives all columns.
    /// </param>
    /// <remarks>
    /// Inputs are named as their columns, outputs as theirs with ".output" behind; the number of rows is free. Operators are those of ONNX
    /// version 12.
    /// </remarks>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column that the pipeline takes, or one to give, is missing.</exception>
    /// <exception cref="OnnxExportException">A layer, or a step of ML.NET's, cannot be written; it is named.</exception>
    /// <example>
    /// <code>
    /// var fitted = mlContext.Regression.Trainers.Torch(seed: 1).Fit(trainSet);
    /// using var file = File.Create("model.onnx");
    /// mlContext.Model.ConvertTorchToOnnx(fitted, trainSet, file, "Score");
    /// </code>
    /// </example>
    public static void ConvertTorchToOnnx(this ModelOperationsCatalog catalog, ITransformer model, IDataView data, Stream stream,
        params string[] outputColumns)
    {
        ArgumentNullException.ThrowIfNull(data);
        catalog.ConvertTorchToOnnx(model, data.Schema, stream, outputColumns);
    }

    /// <inheritdoc cref="ConvertTorchToOnnx(ModelOperationsCatalog, ITransformer, IDataView, Stream, string[])"/>
    /// <param name="catalog">The operations on models.</param>
    /// <param name="model">The trained pipeline, or what <c>mlContext.Model.Load</c> gave.</param>
    /// <param name="schema">The schema of data as the pipeline takes it. Its columns are the file's inputs.</param>
    /// <param name="stream">Where the file is written.</param>
    /// <param name="outputColumns">
    /// The columns to give; the file then takes those inputs only that they need. None gives all columns.
    /// </param>
    public static void ConvertTorchToOnnx(this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema schema, Stream stream,
        params string[] outputColumns)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(outputColumns);
        var restored = TorchTransformer.Restore(model);
        restored.GetOutputSchema(schema);       // each step says what it misses
        var file = PipelineWriter.Write(Steps(restored), Torch, schema, outputColumns is [] ? null : outputColumns);
        OnnxProto.Write(file, stream);
    }

    private static (string features, TorchModel model)? Torch(ITransformer step) =>
        step is TorchTransformer torch ? (torch.FeatureColumnName, torch.Model) : null;

    private static IEnumerable<ITransformer> Steps(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Steps) : [model];
}
