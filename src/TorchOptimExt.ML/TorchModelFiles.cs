using Microsoft.ML;
using TorchOptimExt.Checkpointing;
using TorchOptimExt.ML.Saving;

namespace TorchOptimExt.ML;

/// <summary>Adds to <c>mlContext.Model</c> files of pipelines whose torch models are large.</summary>
/// <remarks>
/// <c>mlContext.Model.Save</c> compresses the weights twice and holds several copies of them. These files hold them as they are, which
/// takes a fraction of the time and next to no memory; what is loaded scores in batches, with the bits of what was saved.
/// <c>mlContext.Model.Load</c> refuses them by name.
/// </remarks>
public static class TorchModelFiles
{
    /// <summary>Saves a pipeline to a file, which is whole or, where anything fails, as it was before.</summary>
    /// <param name="catalog">The operations on models.</param>
    /// <param name="model">The trained pipeline, or what a load gave.</param>
    /// <param name="inputSchema">The schema of data as the pipeline takes it; null keeps none.</param>
    /// <param name="filePath">The file, in a folder that exists. An existing one is replaced.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">A model's module is your own and has no registered name; see <see
    /// cref="TorchModules.Register"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
    /// <example>
    /// <code>
    /// var fitted = mlContext.Regression.Trainers.Torch(seed: 1).Fit(trainSet);
    /// mlContext.Model.SaveTorch(fitted, trainSet.Schema, "model.zip");
    /// var loaded = mlContext.Model.LoadTorch("model.zip", out var schema);
    /// </code>
    /// </example>
    public static void SaveTorch(this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema? inputSchema, string filePath)
    {
        ArgumentException.ThrowIfNullOrEmpty(filePath);
        CheckSaved(catalog, model);
        AtomicFile.Write(filePath, "model", file => Write(catalog, model, inputSchema, file));
    }

    /// <summary>Saves a pipeline to a stream, which stays open.</summary>
    /// <inheritdoc cref="SaveTorch(ModelOperationsCatalog, ITransformer, DataViewSchema?, string)"/>
    /// <param name="catalog">The operations on models.</param>
    /// <param name="model">The trained pipeline, or what a load gave.</param>
    /// <param name="inputSchema">The schema of data as the pipeline takes it; null keeps none.</param>
    /// <param name="stream">Where the file goes.</param>
    public static void SaveTorch(this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema? inputSchema, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckSaved(catalog, model);
        Write(catalog, model, inputSchema, stream);
    }

    /// <summary>Loads a pipeline from a file of <c>SaveTorch</c>, or of <c>Save</c>.</summary>
    /// <param name="catalog">The operations on models.</param>
    /// <param name="filePath">The file.</param>
    /// <param name="inputSchema">The schema that was saved with it; null where there was none.</param>
    /// <returns>The pipeline, with a <see cref="TorchTransformer"/> for each torch model.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, cut off, or of another version, or weights do not fit the registered
    /// module. All of it is checked first.</exception>
    /// <exception cref="InvalidOperationException">A model's module is not registered in this process; see <see
    /// cref="TorchModules.Register"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ITransformer LoadTorch(this ModelOperationsCatalog catalog, string filePath, out DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(filePath);
        using var file = File.OpenRead(filePath);
        return Read(catalog, file, $"The model file '{filePath}'", out inputSchema);
    }

    /// <summary>Loads a pipeline from a stream of what <c>SaveTorch</c>, or <c>Save</c>, wrote.</summary>
    /// <inheritdoc cref="LoadTorch(ModelOperationsCatalog, string, out DataViewSchema?)"/>
    /// <param name="catalog">The operations on models.</param>
    /// <param name="stream">The file from its first byte on; it can seek, and stays open.</param>
    /// <param name="inputSchema">The schema that was saved with it; null where there was none.</param>
    /// <exception cref="ArgumentException">The stream cannot be read or cannot seek.</exception>
    public static ITransformer LoadTorch(this ModelOperationsCatalog catalog, Stream stream, out DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead || !stream.CanSeek)
            throw new ArgumentException("The stream must be one that can be read and can seek: copy it to a file or into memory first.",
                nameof(stream));
        return Read(catalog, stream, "The model file", out inputSchema);
    }

    private static void CheckSaved(ModelOperationsCatalog catalog, ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
    }

    private static void Write(ModelOperationsCatalog catalog, ITransformer model, DataViewSchema? schema, Stream stream)
    {
        var restored = TorchTransformer.Restore(model);
        ModelFile.Write(stream, pipeline => catalog.Save(restored, schema, pipeline));
    }

    private static ITransformer Read(ModelOperationsCatalog catalog, Stream stream, string name, out DataViewSchema? schema)
    {
        DataViewSchema? found = null;
        var model = ModelFile.Read(stream, name, weights => ModelChain.Restore(catalog.Load(stream, out found),
            static (features, model) => new TorchTransformer(features, model), weights));
        schema = found;
        return model;
    }
}
