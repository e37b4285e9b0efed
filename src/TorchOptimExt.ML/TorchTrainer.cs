using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TorchOptimExt.Checkpointing;
using TorchOptimExt.ML.Data;
using TorchOptimExt.ML.Modules;
using TorchOptimExt.ML.Scoring;
using TorchOptimExt.ML.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.ML;

/// <summary>
/// Trains a TorchSharp module with any optimizer as a step of an ML.NET pipeline: made by
/// <c>mlContext.BinaryClassification.Trainers.Torch(...)</c>, and likewise for the other tasks.
/// </summary>
/// <remarks>
/// The training rows are read once, into memory or, with <see cref="RowCache.Disk"/>, into temporary files: 4 bytes a feature and row. Rows
/// that come as sparse vectors stay sparse where less than 5 % of their features are not 0 (about 8 bytes each): up to the first layer of
/// the built-in perceptron, and batch by batch for a module of your own, which gets dense ones. With a seed, two trainings on the same data
/// with as many threads give the same bits; the seed goes to torch's default generator, so such trainings wait for each other.
/// </remarks>
/// <example>
/// <code>
/// var pipeline = mlContext.Transforms.NormalizeMeanVariance("Features", fixZero: false)
///     .Append(mlContext.BinaryClassification.Trainers.Torch(epochs: 50, batchSize: 64, seed: 1));
/// var model = pipeline.Fit(trainSet);
/// Console.WriteLine(mlContext.BinaryClassification.Evaluate(model.Transform(testSet)).Accuracy);
/// </code>
/// </example>
public sealed class TorchTrainer : IEstimator<TorchTransformer>
{
    // Whoever seeds torch's generator, of which a process has one, needs it alone until the training ends.
    private static readonly object Seeded = new();

    private readonly TaskKind task;
    private readonly TorchTrainerOptions options;
    private readonly Func<SchemaShape, SchemaShape> borrowedShape;

    // ML.NET lets nobody else make a schema shape: the one of its own trainer of the same task is the one that is due,
    // with the checks of label, features and weight and the annotations that evaluators look for.
    internal TorchTrainer(TaskKind task, TorchTrainerOptions options, IHostEnvironment? environment, Func<SchemaShape,
        SchemaShape> borrowedShape)
    {
        options.Check();
        (this.task, this.options, this.borrowedShape) = (task, options.Copy(), borrowedShape);
        if (this.options.Context is null) this.options.Channels = environment;
        if (((this.options.Context as IHostEnvironment)
            ?? environment) is { } followed) this.options.Seed ??= CatalogEnvironment.Seed(followed);
        if (options.ClassWeights is not null && task is not (TaskKind.BinaryClassification or TaskKind.MulticlassClassification))
            throw new ArgumentException($"{nameof(options.ClassWeights)} are for binary and multiclass classification; this is {task}.",
                nameof(options));
    }

    /// <summary>How the module is trained: a copy, with the seed that the trainer has from its context where it was given none.</summary>
    public TorchTrainerOptions Options => options.Copy();

    /// <summary>The schema shape of scored data, as ML.NET asks for it before a pipeline is fitted.</summary>
    /// <param name="inputSchema">The schema shape of the training data.</param>
    /// <returns>The input's columns, with Score and, for classification, PredictedLabel and (two classes) Probability.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => borrowedShape(inputSchema);

    /// <summary>Trains a new module.</summary>
    /// <param name="input">The training rows.</param>
    /// <returns>The trained model, which owns its module.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="input"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type, or an option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">There are no rows to train on; a row cannot be trained on and BadRows is Throw; a
    /// weight is negative; all rows
    /// have the weight 0; the module, loss, optimizer or schedule does not fit them; the validation set has not been through the same
    /// steps; a named module is
    /// not registered; or the checkpoint is of another training.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a weight became NaN or infinite.</exception>
    /// <exception cref="CheckpointException">The file at CheckpointPath is damaged, or of another model, optimizer or schedule.</exception>
    /// <exception cref="IOException">The checkpoint cannot be read or written, for example because its folder does not exist; or the
    /// rows do not fit on the drive of CacheDirectory.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled and the model is not to be kept.</exception>
    public TorchTransformer Fit(IDataView input) => FitFrom(input, null);

    /// <summary>
    /// Trains on from a trained model, whose weights and standardization the new module begins with. The old model is not changed.
    /// </summary>
    /// <param name="input">The training rows: as many features, and the same classes or outputs.</param>
    /// <param name="model">The trained model, with layers as this trainer's module has them.</param>
    /// <returns>The trained model, which owns its module.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The model is of another task, number of features or classes, or its weights do not fit the
    /// module.</exception>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception[not(@cref='T:System.ArgumentNullException')]"/>
    public TorchTransformer Fit(IDataView input, TorchModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return FitFrom(input, model);
    }

    /// <summary>Trains on from a trained transformer's model; see <see cref="Fit(IDataView, TorchModel)"/>.</summary>
    /// <param name="input">The training rows: as many features, and the same classes or outputs.</param>
    /// <param name="model">The trained transformer, with layers as this trainer's module has them.</param>
    /// <inheritdoc cref="Fit(IDataView, TorchModel)" path="/returns"/>
    /// <inheritdoc cref="Fit(IDataView, TorchModel)" path="/exception"/>
    public TorchTransformer Fit(IDataView input, TorchTransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return FitFrom(input, model.Model);
    }

    private TorchTransformer FitFrom(IDataView input, TorchModel? start)
    {
        ArgumentNullException.ThrowIfNull(input);
        var log = new TrainingLog(options);
        var (keys, outputs) = Outputs(input.Schema);
        var inputs = Columns.Inputs(Columns.Named(input.Schema, options.FeatureColumnName, "feature"));
        if (start is not null) CheckStart(start, inputs, outputs, keys);
        using var store = new RowStore(options.RowCache == RowCache.Disk ? options.CacheDirectory ?? Path.GetTempPath() : null);
        using var rows = Read(input, store, log);
        Prepare(rows, keys, outputs, start, log);
        if (!store.OnDisk) rows.To(options.Device);
        if (options.Seed is not { } seed) return Fit(rows, outputs, keys, start);
        while (!Monitor.TryEnter(Seeded, millisecondsTimeout: 20)) options.CancellationToken.ThrowIfCancellationRequested();
        try
        {
            manual_seed(seed);
            return Fit(rows, outputs, keys, start);
        }
        finally { Monitor.Exit(Seeded); }
    }

    private TorchTransformer Fit(PreparedRows rows, long outputs, LabelKeys? keys, TorchModel? start)
    {
        var module = options.MakeModule(rows.Train.Inputs, outputs);
        if (TorchModel.Owns(module))
            throw new InvalidOperationException("The module belongs to a trained model, which further training would change. To train "
                + "on from a model, make a new module "
                + "and call Fit(data, model).");
        try
        {
            if (start is not null) CopyWeights(start, module);
            module.to(options.Device);
            using var call = new ModuleCall(module, options.Architecture.Mlp is not null);
            CheckWidth(call, rows.Train, outputs);
            using var trainer = new ModuleTrainer(options, task, rows, call, Setup(start));
            trainer.Run();
            return new TorchTransformer(options.FeatureColumnName, new TorchModel(task, rows.Train.Inputs, outputs, options.Architecture,
                module, options.Device)
            {
                Keys = keys,
                FeatureScale = rows.FeatureScale,
                LabelScale = rows.LabelScale,
            });
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    // In a checkpoint all that is known of it, a model to begin with by its weights: what differs is another training.
    private string Setup(TorchModel? start)
    {
        var from = start is null ? "" : ", from a model";
        if (options.CheckpointPath is null) return from;
        using var scope = NewDisposeScope();
        var weights = start?.Live.state_dict().Values.Aggregate(0u, (crc, tensor) => FeatureRows.Checksum(tensor, crc));
        return $", {options.Architecture}{from}" + (weights is null ? "" : FormattableString.Invariant($" {weights:x8}"));
    }

    private (LabelKeys? keys, long outputs) Outputs(DataViewSchema schema)
    {
        var label = Columns.Named(schema, options.LabelColumnName, "label");
        var width = PredictionTask.Of(task).Label.Width(label);
        if (task is TaskKind.MultiOutputRegression or TaskKind.MultiLabelClassification) return (LabelKeys.Slots(label), width);
        if (task != TaskKind.MulticlassClassification) return (null, 1);
        var classes = LabelColumn.Class.Count(label);
        return classes >= 2 ? (LabelKeys.Of(label), classes)
            : throw new InvalidOperationException($"The label column '{label.Name}' has one class only; classification needs at least "
            + "two.");
    }

    private PreparedRows Read(IDataView input, RowStore store, TrainingLog log)
    {
        var columns = new RowColumns(PredictionTask.Of(task).Label, options.LabelColumnName, options.FeatureColumnName,
            options.ExampleWeightColumnName);
        if (options.ValidationSet is not { } set)
        {
            var (part, apart) = Read(RowReader.TrainingData, reader => reader.Read(input, options.ValidationFraction, options.Seed ?? 0));
            return new(part, apart);
        }
        CheckValidationSet(input.Schema, set.Schema);
        var train = Read(RowReader.TrainingData, reader => reader.Read(input));
        try { return new(train, Read("ValidationSet", reader => reader.Read(set))); }
        catch
        {
            train.Dispose();
            throw;
        }

        T Read<T>(string source, Func<RowReader, T> read)
        {
            var reader = new RowReader(columns, source, store, bytes => Announce(store, bytes, log), options.BadRows == BadRows.Skip,
                options.CancellationToken);
            var rows = read(reader);
            foreach (var (fault, count) in reader.Skipped)
                log.Warn($"{count} {(count == 1 ? "row" : "rows")} of the {source} {fault} {(count == 1 ? "was" : "were")} skipped.");
            return rows;
        }
    }

    private static void Announce(RowStore store, double bytes, TrainingLog log)
    {
        if (!store.OnDisk) return;
        var (folder, free) = (store.Folder, store.FreeBytes());
        log.Cache(bytes, folder, free);
        if (bytes > free)
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"The training rows need {bytes:n0} bytes in '{folder}', ")
                + string.Create(CultureInfo.InvariantCulture, $"where {free:n0} are free. ")
                + "Set CacheDirectory to a folder on a drive with more space.");
    }

    // A step of a pipeline that replaces a column hides the one before. A set that has not been through it has fewer of that name.
    private void CheckValidationSet(DataViewSchema train, DataViewSchema validation)
    {
        foreach (var name in new[] { options.FeatureColumnName, options.LabelColumnName, options.ExampleWeightColumnName }.OfType<string>())
        {
            var (expected, found) = (Columns.Named(train, name, "training"), validation.GetColumnOrNull(name));
            if (found is { } column && column.Type.Equals(expected.Type) && Layers(train, name) == Layers(validation, name))
            {
                CheckNames(expected, column);
                continue;
            }
            var what = found is { } other ? $"({other.Type}) " : "is missing: it ";
            throw new InvalidOperationException($"The ValidationSet's column '{name}' {what}has not been through the steps "
                + "that the training data went through before the trainer. Transform it by those steps, as in "
                + "steps.Fit(train).Transform(validation), and fit the trainer "
                + "on steps.Fit(train).Transform(train); or leave it null and set ValidationFraction.");
        }

        static int Layers(DataViewSchema schema, string name) => schema.Count(column => column.Name == name);
    }

    // A step that was fitted anew on other rows gives keys and slots another order.
    private static void CheckNames(DataViewSchema.Column train, DataViewSchema.Column validation)
    {
        var (expected, found) = train.Type is KeyDataViewType ? (LabelKeys.Of(train), LabelKeys.Of(validation))
            : (LabelKeys.Slots(train), LabelKeys.Slots(validation));
        if (expected is null || found is null || expected.Values.SequenceEqual(found.Values)) return;
        throw new InvalidOperationException($"The ValidationSet's column '{train.Name}' has other "
            + $"{(train.Type is KeyDataViewType ? "key values" : "slots")}, or in another order, than that of the training data: "
            + $"{Few(found.Values)} instead of {Few(expected.Values)}. Transform both by the same fitted steps.");
    }

    private static string Few(IReadOnlyList<string> names) => string.Join(", ", names.Take(5)) + (names.Count > 5 ? ", ..." : "");

    private void Prepare(PreparedRows rows, LabelKeys? keys, long outputs, TorchModel? start, TrainingLog log)
    {
        if (task is TaskKind.BinaryClassification or TaskKind.MulticlassClassification)
        {
            CheckClasses(rows.Train, log);
            var classes = task == TaskKind.BinaryClassification ? 2 : (int)outputs;
            if (options.ClassWeights is { } weights) rows.Weigh(weights.Factors(rows.Train, classes,
                task == TaskKind.BinaryClassification ? LabelKeys.Truths : keys));
        }
        else if (task is TaskKind.MultiOutputRegression or TaskKind.MultiLabelClassification) CheckOutputs(rows.Train, keys, log);
        var standardizeFeatures = StandardizesFeatures(rows, start, log);
        var standardizeLabel = task is TaskKind.Regression or TaskKind.MultiOutputRegression && (options.StandardizeLabel
            ?? options.Loss is null);
        rows.Standardize(
            !standardizeFeatures ? null : start?.FeatureScale ?? rows.Train.Features.Scale(rows.Train.Weights),
            start is not null ? start.LabelScale : standardizeLabel ? Scale.Of(rows.Train.Labels, rows.Train.Weights) : null);
    }

    private bool StandardizesFeatures(PreparedRows rows, TorchModel? start, TrainingLog log)
    {
        if (start is null ? options.StandardizeFeatures == true : start.FeatureScale is not null) return true;
        if (rows.FarScales(options.FeatureColumnName) is not { } far) return false;
        // What slots mean to a module of the user's own is not known; and the deviation of a slot that is nearly always 0 is no scale.
        var standardizes = start is null && options.StandardizeFeatures is null && options.Architecture.Mlp is not null
            && rows.Train.Features is DenseRows;
        log.Warn(standardizes ? $"{far} They are standardized inside, as StandardizeFeatures = true does without this warning."
            : $"{far} Networks train badly on such features: normalize them, for example with NormalizeMeanVariance, or set "
            + "StandardizeFeatures to true.");
        return standardizes;
    }

    private void CheckClasses(TrainingRows rows, TrainingLog log)
    {
        using var scope = NewDisposeScope();
        if (rows.Labels.min().ToSingle() != rows.Labels.max().ToSingle()) return;
        var fault = $"All {rows.Count} training rows have the same label in column '{options.LabelColumnName}'";
        if (options.BadRows == BadRows.Throw) throw new InvalidOperationException($"{fault}; classification needs at least two classes.");
        log.Warn($"{fault}: the model will predict nothing else.");
    }

    private void CheckOutputs(TrainingRows rows, LabelKeys? names, TrainingLog log)
    {
        using var scope = NewDisposeScope();
        var missing = rows.Labels.isnan().all(0).cpu().data<bool>().ToArray();
        if (missing.All(always => always))
            throw new InvalidOperationException($"All labels in column '{options.LabelColumnName}' are missing (NaN) in all {rows.Count} "
                + "training rows: there is nothing to learn.");
        string[] never = [.. Enumerable.Range(0, missing.Length).Where(k => missing[k])
            .Select(k => names?.Values[k] is { Length: > 0 } name ? $"'{name}'" : k.ToString(CultureInfo.InvariantCulture))];
        if (never.Length > 0)
            log.Warn($"Slots of column '{options.LabelColumnName}' whose label is missing (NaN) in all training rows are not learned: "
                + $"{Few(never)}.");
    }

    private void CheckStart(TorchModel start, long inputs, long outputs, LabelKeys? keys)
    {
        if (start.Task != task || start.Inputs != inputs || start.Outputs != outputs)
            throw new ArgumentException($"The model is of {start.Task} with {start.Inputs} features and {start.Outputs} outputs; this "
                + $"training is of {task} with {inputs} features "
                + $"and {outputs} outputs.", "model");
        if (start.Keys is not null && keys is not null && !start.Keys.Values.SequenceEqual(keys.Values))
            throw new ArgumentException($"The model's {(task == TaskKind.MulticlassClassification ? "classes" : "outputs")} are others, or "
                + $"in another order, than those of the data's label column '{options.LabelColumnName}': "
                + $"{Few(start.Keys.Values)} and {Few(keys.Values)}. {(task == TaskKind.MulticlassClassification
                    ? "Map both with the same MapValueToKey." : "Give both their slots in the same order.")}", "model");
    }

    private static void CopyWeights(TorchModel start, nn.Module<Tensor, Tensor> module)
    {
        try { ModuleBytes.Read(module, ModuleBytes.Write(start.Live)); }
        catch (Exception e) when (e is ArgumentException or IOException or ExternalException or FormatException or InvalidDataException
            || (e is InvalidOperationException && e is not ObjectDisposedException))
        {
            throw new ArgumentException($"The model's weights do not fit this trainer's module: {e.Message}", "model", e);
        }
    }

    private void CheckWidth(ModuleCall call, TrainingRows rows, long outputs)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        call.Module.eval();
        long[] shape;
        using var first = rows.Slice(0, 1).OnTo(options.Device);
        try { shape = call.On(first.Features).shape; }
        catch (ExternalException e)
        {
            throw new InvalidOperationException($"The module of TorchTrainerOptions cannot take rows of {rows.Inputs} features, shape "
                + $"[1, {rows.Inputs}]: {e.Message.Split('\n')[0]}", e);
        }
        if (shape.Length != 2 || shape[0] != 1 || shape[1] != outputs)
            throw new InvalidOperationException($"The module gives shape [{string.Join(", ", shape)}] for one row; it must give [1, "
                + $"{outputs}]: "
                + $"{(outputs == 1 ? "one number" : "one number for each class or output")}.");
    }
}
