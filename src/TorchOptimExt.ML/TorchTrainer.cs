using Microsoft.ML;
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
/// The training rows are read once, into memory: 4 bytes a feature and row. With a seed, two trainings on the same data with as many threads give the same bits; the seed goes
/// to torch's default generator, so let only one such training run at a time.
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
    private readonly TaskKind task;
    private readonly Func<SchemaShape, SchemaShape> borrowedShape;

    // ML.NET lets nobody else make a schema shape: the one of its own trainer of the same task is the one that is due,
    // with the checks of label, features and weight and the annotations that evaluators look for.
    internal TorchTrainer(TaskKind task, TorchTrainerOptions options, Func<SchemaShape, SchemaShape> borrowedShape)
    {
        options.Check();
        (this.task, Options, this.borrowedShape) = (task, options, borrowedShape);
    }

    /// <summary>How the module is trained.</summary>
    public TorchTrainerOptions Options { get; }

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
    /// <exception cref="InvalidOperationException">There are no rows; a row has NaN, infinity, a missing label or a negative weight; all rows are of one class or have the weight 0; the
    /// module, loss or optimizer does not fit them; a named module is not registered; or the checkpoint is of another training.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a weight became NaN or infinite.</exception>
    /// <exception cref="CheckpointException">The file at CheckpointPath is damaged, or of another model, optimizer or schedule.</exception>
    /// <exception cref="IOException">The checkpoint cannot be read or written, for example because its folder does not exist.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled and the model is not to be kept.</exception>
    public TorchTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        Options.Check();
        var reader = new RowReader(task, Options.LabelColumnName, Options.FeatureColumnName, Options.ExampleWeightColumnName);
        var (keys, outputs) = Outputs(input);
        var (train, validation) = Read(reader, input);
        using (train)
        using (validation)
        {
            CheckClasses(train);
            if (Options.Seed is { } seed) manual_seed(seed);
            return Fit(train, validation, outputs, keys);
        }
    }

    private TorchTransformer Fit(TrainingRows train, TrainingRows? validation, long outputs, LabelKeys? keys)
    {
        var module = Architecture.Begin(Options, train.Inputs, outputs);
        try
        {
            module.to(Options.Device);
            CheckWidth(module, train, outputs);
            using var trainer = new ModuleTrainer(Options, task, train, validation, module);
            trainer.Run();
            return new TorchTransformer(Options.FeatureColumnName, new TorchModel(task, train.Inputs, outputs, Architecture.Of(Options), keys, module, Options.Device));
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    private (LabelKeys? keys, long outputs) Outputs(IDataView data)
    {
        if (task != TaskKind.MulticlassClassification) return (null, 1);
        var label = RowReader.Column(data, Options.LabelColumnName, "label");
        var classes = RowReader.ClassCount(label);
        return classes >= 2 ? (LabelKeys.Of(label), classes)
            : throw new InvalidOperationException($"The label column '{label.Name}' has one class only; classification needs at least two.");
    }

    private void CheckClasses(TrainingRows rows)
    {
        if (task == TaskKind.Regression) return;
        using var scope = NewDisposeScope();
        if (rows.Labels.min().ToSingle() == rows.Labels.max().ToSingle())
            throw new InvalidOperationException($"All {rows.Count} training rows have the same label in column '{Options.LabelColumnName}'; classification needs at least two classes.");
    }

    private (TrainingRows train, TrainingRows? validation) Read(RowReader reader, IDataView input)
    {
        if (Options.ValidationSet is not { } set)
        {
            var (rest, apart) = reader.Read(input, Options.ValidationFraction, Options.Seed ?? 0);
            return (OnDevice(rest), apart is null ? null : OnDevice(apart));
        }
        var train = reader.Read(input);
        try
        {
            var validation = reader.Read(set);
            if (validation.Inputs != train.Inputs) throw new InvalidOperationException($"The validation set has {validation.Inputs} features, the training data {train.Inputs}.");
            return (OnDevice(train), OnDevice(validation));
        }
        catch
        {
            train.Dispose();
            throw;
        }
    }

    private TrainingRows OnDevice(TrainingRows rows)
    {
        if (Options.Device.type == DeviceType.CPU) return rows;
        using (rows) return rows.To(Options.Device);
    }

    private static void CheckWidth(nn.Module<Tensor, Tensor> module, TrainingRows rows, long outputs)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        module.eval();
        var shape = module.call(rows.Features.narrow(0, 0, 1)).shape;
        if (shape.Length != 2 || shape[1] != outputs)
            throw new InvalidOperationException($"The module gives shape [{string.Join(", ", shape)}] for one row; it must give [1, {outputs}]: {(outputs == 1 ? "one number" : "one number for each class")}.");
    }
}
