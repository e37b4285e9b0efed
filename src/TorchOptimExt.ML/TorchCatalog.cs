using Microsoft.ML;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML;

/// <summary>Makes the trainer reachable where ML.NET has its own: <c>mlContext.Regression.Trainers.Torch(...)</c>.</summary>
public static class TorchCatalog
{
    /// <summary>Trains a TorchSharp module for two classes: the label is Boolean, the module gives one logit.</summary>
    /// <param name="catalog">The task's trainers.</param>
    /// <param name="options">How it is trained.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static TorchTrainer Torch(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, TorchTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(TaskKind.BinaryClassification, options, shape => catalog.LbfgsLogisticRegression(options.LabelColumnName, options.FeatureColumnName, options.ExampleWeightColumnName).GetOutputSchema(shape));
    }

    /// <summary>Trains a TorchSharp module for two classes: the label is Boolean, the module gives one logit.</summary>
    /// <param name="catalog">The task's trainers.</param>
    /// <param name="labelColumnName">The label.</param>
    /// <param name="featureColumnName">The features, a vector of Single of known size.</param>
    /// <param name="exampleWeightColumnName">Example weights, Single; null weighs all alike.</param>
    /// <param name="module">Makes the module for a number of inputs and outputs; null takes a perceptron with one hidden layer of 64.</param>
    /// <param name="optimizer">Makes the optimizer; null takes fused Adam.</param>
    /// <param name="epochs">How often all rows are visited, ≥ 1.</param>
    /// <param name="batchSize">Rows of a step, ≥ 1.</param>
    /// <param name="seed">Fixes initial weights, order and dropout.</param>
    public static TorchTrainer Torch(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, string labelColumnName = "Label", string featureColumnName = "Features", string? exampleWeightColumnName = null,
        Func<long, long, nn.Module<Tensor, Tensor>>? module = null, Func<IEnumerable<Parameter>, optim.Optimizer>? optimizer = null, int epochs = 20, int batchSize = 64, long? seed = null) =>
        catalog.Torch(Options(labelColumnName, featureColumnName, exampleWeightColumnName, module, optimizer, epochs, batchSize, seed));

    /// <summary>Trains a TorchSharp module for several classes: the label is a key, the module gives a logit for each class.</summary>
    /// <param name="catalog">The task's trainers.</param>
    /// <param name="options">How it is trained.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static TorchTrainer Torch(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, TorchTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(TaskKind.MulticlassClassification, options, shape => catalog.LbfgsMaximumEntropy(options.LabelColumnName, options.FeatureColumnName, options.ExampleWeightColumnName).GetOutputSchema(shape));
    }

    /// <summary>Trains a TorchSharp module for several classes: the label is a key, the module gives a logit for each class.</summary>
    /// <param name="catalog">The task's trainers.</param>
    /// <param name="labelColumnName">The label.</param>
    /// <param name="featureColumnName">The features, a vector of Single of known size.</param>
    /// <param name="exampleWeightColumnName">Example weights, Single; null weighs all alike.</param>
    /// <param name="module">Makes the module for a number of inputs and outputs; null takes a perceptron with one hidden layer of 64.</param>
    /// <param name="optimizer">Makes the optimizer; null takes fused Adam.</param>
    /// <param name="epochs">How often all rows are visited, ≥ 1.</param>
    /// <param name="batchSize">Rows of a step, ≥ 1.</param>
    /// <param name="seed">Fixes initial weights, order and dropout.</param>
    public static TorchTrainer Torch(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, string labelColumnName = "Label", string featureColumnName = "Features", string? exampleWeightColumnName = null,
        Func<long, long, nn.Module<Tensor, Tensor>>? module = null, Func<IEnumerable<Parameter>, optim.Optimizer>? optimizer = null, int epochs = 20, int batchSize = 64, long? seed = null) =>
        catalog.Torch(Options(labelColumnName, featureColumnName, exampleWeightColumnName, module, optimizer, epochs, batchSize, seed));

    /// <summary>Trains a TorchSharp module for a number: the label is Single, the module gives one number.</summary>
    /// <param name="catalog">The task's trainers.</param>
    /// <param name="options">How it is trained.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static TorchTrainer Torch(this RegressionCatalog.RegressionTrainers catalog, TorchTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(TaskKind.Regression, options, shape => catalog.LbfgsPoissonRegression(options.LabelColumnName, options.FeatureColumnName, options.ExampleWeightColumnName).GetOutputSchema(shape));
    }

    /// <summary>Trains a TorchSharp module for a number: the label is Single, the module gives one number.</summary>
    /// <param name="catalog">The task's trainers.</param>
    /// <param name="labelColumnName">The label.</param>
    /// <param name="featureColumnName">The features, a vector of Single of known size.</param>
    /// <param name="exampleWeightColumnName">Example weights, Single; null weighs all alike.</param>
    /// <param name="module">Makes the module for a number of inputs and outputs; null takes a perceptron with one hidden layer of 64.</param>
    /// <param name="optimizer">Makes the optimizer; null takes fused Adam.</param>
    /// <param name="epochs">How often all rows are visited, ≥ 1.</param>
    /// <param name="batchSize">Rows of a step, ≥ 1.</param>
    /// <param name="seed">Fixes initial weights, order and dropout.</param>
    public static TorchTrainer Torch(this RegressionCatalog.RegressionTrainers catalog, string labelColumnName = "Label", string featureColumnName = "Features", string? exampleWeightColumnName = null,
        Func<long, long, nn.Module<Tensor, Tensor>>? module = null, Func<IEnumerable<Parameter>, optim.Optimizer>? optimizer = null, int epochs = 20, int batchSize = 64, long? seed = null) =>
        catalog.Torch(Options(labelColumnName, featureColumnName, exampleWeightColumnName, module, optimizer, epochs, batchSize, seed));

    private static TorchTrainerOptions Options(string label, string features, string? weight, Func<long, long, nn.Module<Tensor, Tensor>>? module, Func<IEnumerable<Parameter>, optim.Optimizer>? optimizer, int epochs, int batchSize, long? seed)
    {
        var options = new TorchTrainerOptions { LabelColumnName = label, FeatureColumnName = features, ExampleWeightColumnName = weight, ModuleWithOutputs = module, Epochs = epochs, BatchSize = batchSize, Seed = seed };
        if (optimizer is not null) options.Optimizer = optimizer;
        return options;
    }
}
