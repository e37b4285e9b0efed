using Microsoft.ML;
using TorchOptimExt.ML.Scoring;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML;

/// <summary>
/// Adds the trainer of TorchSharp modules to ML.NET's catalogs: <c>mlContext.Regression.Trainers.Torch(...)</c>, and likewise for both
/// kinds of classification.
/// </summary>
public static class TorchCatalog
{
    /// <summary>
    /// Creates a trainer of a TorchSharp module for two classes: the label is Boolean, the module gives one logit for each row.
    /// </summary>
    /// <param name="catalog">The trainers of the task.</param>
    /// <param name="options">How it is trained; copied.</param>
    /// <returns>The trainer, a step of a pipeline.</returns>
    /// <exception cref="ArgumentNullException">The catalog, the options, or what must not be null in them, is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The name of the label, feature or weight column is empty, or both Module and ModuleWithOutputs
    /// are given.</exception>
    public static TorchTrainer Torch(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, TorchTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        var (label, features, weight) = Columns(options);
        return new(TaskKind.BinaryClassification, options, CatalogEnvironment.Of(catalog), shape => catalog.LbfgsLogisticRegression(label,
            features, weight).GetOutputSchema(shape));
    }

    /// <summary>
    /// Creates a trainer of a TorchSharp module for two classes: the label is Boolean, the module gives one logit for each row.
    /// </summary>
    /// <param name="catalog">The trainers of the task.</param>
    /// <param name="labelColumnName">The label column, Boolean.</param>
    /// <param name="featureColumnName">The column of features, a vector of Single of known size.</param>
    /// <param name="exampleWeightColumnName">The column of example weights, Single, ≥ 0; null weighs all alike.</param>
    /// <param name="module">Makes the module for numbers of inputs and outputs: [rows, inputs] → [rows, outputs]. Null takes a perceptron
    /// with one hidden layer of 128 ReLU units.</param>
    /// <param name="optimizer">Makes the optimizer of the module's parameters; null takes fused Adam with lr = 0.001.</param>
    /// <param name="epochs">The number of passes over all rows, ≥ 1; null goes by how many they are, as
    /// <see cref="Training.TrainingOptions.Epochs"/> says.</param>
    /// <param name="batchSize">The number of rows of a step, ≥ 1.</param>
    /// <param name="seed">Seeds initial weights, order of rows and dropout, so that trainings repeat; null leaves torch's generator as it
    /// is.</param>
    /// <returns>The trainer, a step of a pipeline.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of epochs or the batch size is less than 1.</exception>
    /// <exception cref="ArgumentException">The name of the label or feature column is null or empty.</exception>
    public static TorchTrainer Torch(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string? exampleWeightColumnName = null,
        Func<long, long, nn.Module<Tensor, Tensor>>? module = null, Func<IEnumerable<Parameter>, optim.Optimizer>? optimizer = null,
            int? epochs = null, int batchSize = 64, long? seed = null) =>
        catalog.Torch(Options(labelColumnName, featureColumnName, exampleWeightColumnName, module, optimizer, epochs, batchSize, seed));

    /// <summary>
    /// Creates a trainer of a TorchSharp module for several classes: the label is a key, the module gives one logit for each class and
    /// row.
    /// </summary>
    /// <param name="catalog">The trainers of the task.</param>
    /// <param name="options">How it is trained; copied.</param>
    /// <returns>The trainer, a step of a pipeline.</returns>
    /// <exception cref="ArgumentNullException">The catalog, the options, or what must not be null in them, is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The name of the label, feature or weight column is empty, or both Module and ModuleWithOutputs
    /// are given.</exception>
    public static TorchTrainer Torch(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        TorchTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        var (label, features, weight) = Columns(options);
        return new(TaskKind.MulticlassClassification, options, CatalogEnvironment.Of(catalog), shape => catalog.LbfgsMaximumEntropy(label,
            features, weight).GetOutputSchema(shape));
    }

    /// <summary>
    /// Creates a trainer of a TorchSharp module for several classes: the label is a key, the module gives one logit for each class and
    /// row.
    /// </summary>
    /// <param name="catalog">The trainers of the task.</param>
    /// <param name="labelColumnName">The label column, a key: see <c>MapValueToKey</c>.</param>
    /// <param name="featureColumnName">The column of features, a vector of Single of known size.</param>
    /// <param name="exampleWeightColumnName">The column of example weights, Single, ≥ 0; null weighs all alike.</param>
    /// <param name="module">Makes the module for numbers of inputs and outputs: [rows, inputs] → [rows, outputs]. Null takes a perceptron
    /// with one hidden layer of 128 ReLU units.</param>
    /// <param name="optimizer">Makes the optimizer of the module's parameters; null takes fused Adam with lr = 0.001.</param>
    /// <param name="epochs">The number of passes over all rows, ≥ 1; null goes by how many they are, as
    /// <see cref="Training.TrainingOptions.Epochs"/> says.</param>
    /// <param name="batchSize">The number of rows of a step, ≥ 1.</param>
    /// <param name="seed">Seeds initial weights, order of rows and dropout, so that trainings repeat; null leaves torch's generator as it
    /// is.</param>
    /// <returns>The trainer, a step of a pipeline.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of epochs or the batch size is less than 1.</exception>
    /// <exception cref="ArgumentException">The name of the label or feature column is null or empty.</exception>
    public static TorchTrainer Torch(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string? exampleWeightColumnName = null,
        Func<long, long, nn.Module<Tensor, Tensor>>? module = null, Func<IEnumerable<Parameter>, optim.Optimizer>? optimizer = null,
            int? epochs = null, int batchSize = 64, long? seed = null) =>
        catalog.Torch(Options(labelColumnName, featureColumnName, exampleWeightColumnName, module, optimizer, epochs, batchSize, seed));

    /// <summary>
    /// Creates a trainer of a TorchSharp module that predicts a number: the label is Single, the module gives one number for each row.
    /// </summary>
    /// <param name="catalog">The trainers of the task.</param>
    /// <param name="options">How it is trained; copied.</param>
    /// <returns>The trainer, a step of a pipeline.</returns>
    /// <exception cref="ArgumentNullException">The catalog, the options, or what must not be null in them, is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The name of the label, feature or weight column is empty, or both Module and ModuleWithOutputs
    /// are given.</exception>
    public static TorchTrainer Torch(this RegressionCatalog.RegressionTrainers catalog, TorchTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        var (label, features, weight) = Columns(options);
        return new(TaskKind.Regression, options, CatalogEnvironment.Of(catalog), shape => catalog.LbfgsPoissonRegression(label, features,
            weight).GetOutputSchema(shape));
    }

    /// <summary>
    /// Creates a trainer of a TorchSharp module that predicts a number: the label is Single, the module gives one number for each row.
    /// </summary>
    /// <param name="catalog">The trainers of the task.</param>
    /// <param name="labelColumnName">The label column, Single.</param>
    /// <param name="featureColumnName">The column of features, a vector of Single of known size.</param>
    /// <param name="exampleWeightColumnName">The column of example weights, Single, ≥ 0; null weighs all alike.</param>
    /// <param name="module">Makes the module for numbers of inputs and outputs: [rows, inputs] → [rows, outputs]. Null takes a perceptron
    /// with one hidden layer of 128 ReLU units.</param>
    /// <param name="optimizer">Makes the optimizer of the module's parameters; null takes fused Adam with lr = 0.001.</param>
    /// <param name="epochs">The number of passes over all rows, ≥ 1; null goes by how many they are, as
    /// <see cref="Training.TrainingOptions.Epochs"/> says.</param>
    /// <param name="batchSize">The number of rows of a step, ≥ 1.</param>
    /// <param name="seed">Seeds initial weights, order of rows and dropout, so that trainings repeat; null leaves torch's generator as it
    /// is.</param>
    /// <returns>The trainer, a step of a pipeline.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of epochs or the batch size is less than 1.</exception>
    /// <exception cref="ArgumentException">The name of the label or feature column is null or empty.</exception>
    public static TorchTrainer Torch(this RegressionCatalog.RegressionTrainers catalog, string labelColumnName = "Label",
        string featureColumnName = "Features", string? exampleWeightColumnName = null,
        Func<long, long, nn.Module<Tensor, Tensor>>? module = null, Func<IEnumerable<Parameter>, optim.Optimizer>? optimizer = null,
            int? epochs = null, int batchSize = 64, long? seed = null) =>
        catalog.Torch(Options(labelColumnName, featureColumnName, exampleWeightColumnName, module, optimizer, epochs, batchSize, seed));

    // Of now: the shape is asked for later.
    private static (string label, string features, string? weight) Columns(TorchTrainerOptions options) =>
        (options.LabelColumnName, options.FeatureColumnName, options.ExampleWeightColumnName);

    internal static TorchTrainerOptions Options(string label, string features, string? weight, Func<long, long, nn.Module<Tensor,
        Tensor>>? module, Func<IEnumerable<Parameter>, optim.Optimizer>? optimizer, int? epochs, int batchSize, long? seed)
    {
        var options = new TorchTrainerOptions
        {
            LabelColumnName = label,
            FeatureColumnName = features,
            ExampleWeightColumnName = weight,
            ModuleWithOutputs = module,
            Epochs = epochs,
            BatchSize = batchSize,
            Seed = seed
        };
        if (optimizer is not null) options.Optimizer = optimizer;
        return options;
    }
}
