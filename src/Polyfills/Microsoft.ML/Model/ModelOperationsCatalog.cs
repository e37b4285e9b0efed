using System.IO.Compression;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Saves and loads models, and predicts for single examples. The files are this polyfill's own.</summary>
public sealed class ModelOperationsCatalog
{
    private const string SchemaEntry = "Schema";
    private const string ModelEntry = "TransformerChain";
    private readonly IHostEnvironment _environment;

    internal ModelOperationsCatalog(IHostEnvironment environment) => _environment = environment;

    public void Save(ITransformer model, DataViewSchema inputSchema, string filePath)
    {
        using var stream = File.Create(Check.NonEmpty(filePath, nameof(filePath)));
        Save(model, inputSchema, stream);
    }

    public void Save(ITransformer model, DataViewSchema inputSchema, Stream stream)
    {
        Check.NotNull(model, nameof(model));
        using var zip = new ZipArchive(Check.NotNull(stream, nameof(stream)), ZipArchiveMode.Create, leaveOpen: true);
        using (var entry = zip.CreateEntry(ModelEntry).Open())
        using (var context = new ModelSaveContext(entry))
            context.SaveModel(model);
        if (inputSchema is null)
            return;
        using (var entry = zip.CreateEntry(SchemaEntry).Open())
        using (var context = new ModelSaveContext(entry))
            context.Writer.WriteSchema(inputSchema);
    }

    public ITransformer Load(string filePath, out DataViewSchema inputSchema)
    {
        using var stream = File.OpenRead(Check.NonEmpty(filePath, nameof(filePath)));
        return Load(stream, out inputSchema);
    }

    public ITransformer Load(Stream stream, out DataViewSchema inputSchema)
    {
        using var zip = Open(Check.NotNull(stream, nameof(stream)));
        inputSchema = null;
        if (zip.GetEntry(SchemaEntry) is { } schema)
        {
            using var context = new ModelLoadContext(schema.Open(), _environment);
            inputSchema = context.Reader.ReadSchema();
        }
        var entry = zip.GetEntry(ModelEntry) ?? throw new InvalidOperationException("The stream holds no model that this polyfill of ML.NET has saved.");
        using var model = new ModelLoadContext(entry.Open(), _environment);
        return model.LoadModel();
    }

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, bool ignoreMissingColumns = true,
        SchemaDefinition inputSchemaDefinition = null, SchemaDefinition outputSchemaDefinition = null)
        where TSrc : class
        where TDst : class, new()
        => CreatePredictionEngine<TSrc, TDst>(transformer, new PredictionEngineOptions
        {
            IgnoreMissingColumns = ignoreMissingColumns,
            InputSchemaDefinition = inputSchemaDefinition,
            OutputSchemaDefinition = outputSchemaDefinition,
        });

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, DataViewSchema inputSchema)
        where TSrc : class
        where TDst : class, new()
        => CreatePredictionEngine<TSrc, TDst>(transformer, ignoreMissingColumns: false, RowType<TSrc>.DefinitionFor(Check.NotNull(inputSchema, nameof(inputSchema))));

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, PredictionEngineOptions options)
        where TSrc : class
        where TDst : class, new()
        => new(Check.NotNull(transformer, nameof(transformer)), options);

    private static ZipArchive Open(Stream stream)
    {
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException error)
        {
            throw new FormatException("Failed to open a zip archive", error);
        }
    }
}
