using Microsoft.Extensions.Logging;
using Microsoft.ML;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML;

/// <summary>How a module is trained inside an ML.NET pipeline. Every property has a default; all are checked before training begins.</summary>
public sealed class TorchTrainerOptions
{
    /// <summary>The label: Boolean for binary classification, a key for multiclass, Single for regression.</summary>
    public string LabelColumnName { get; set; } = "Label";

    /// <summary>The features: a vector of Single of known size, dense or sparse.</summary>
    public string FeatureColumnName { get; set; } = "Features";

    /// <summary>A column of example weights (Single, ≥ 0); null weighs all alike. A loss is the weighted mean over its batch.</summary>
    public string? ExampleWeightColumnName { get; set; }

    /// <summary>Makes the module for a number of inputs: [rows, inputs] → [rows, 1] (logits or values), or [rows, classes] (logits). null takes <see cref="Mlp"/>.</summary>
    public Func<long, nn.Module<Tensor, Tensor>>? Module { get; set; }

    /// <summary>As <see cref="Module"/>, for numbers of inputs and outputs; at most one of the two is given.</summary>
    public Func<long, long, nn.Module<Tensor, Tensor>>? ModuleWithOutputs { get; set; }

    /// <summary>
    /// The name under which <see cref="TorchModules.Register"/> knows how to make the module again. Needed to save a
    /// model whose module is your own; null where it is not to be saved.
    /// </summary>
    public string? ModuleName { get; set; }

    /// <summary>The built-in multilayer perceptron, where no module is given.</summary>
    public MlpOptions Mlp { get; set; } = new();

    /// <summary>Makes the optimizer: any of TorchSharp or TorchOptimExt.</summary>
    public Func<IEnumerable<Parameter>, optim.Optimizer> Optimizer { get; set; } = static parameters => optim.fused.Adam(parameters);

    /// <summary>Makes the learning-rate schedule, stepped after each epoch; null keeps the rate.</summary>
    public Func<optim.Optimizer, optim.lr_scheduler.LRScheduler>? Scheduler { get; set; }

    /// <summary>
    /// The loss of each example, shape [rows], from outputs and labels of the same length; null takes binary cross-entropy
    /// with logits, cross-entropy or the squared error.
    /// </summary>
    public Func<Tensor, Tensor, Tensor>? Loss { get; set; }

    /// <summary>How often all rows are visited; ≥ 1.</summary>
    public int Epochs { get; set; } = 20;

    /// <summary>Rows of a step; ≥ 1, null for all rows at once (full batch). The last batch of an epoch may be smaller; a single row that is left over joins the batch before.</summary>
    public int? BatchSize { get; set; } = 64;

    /// <summary>Whether rows are visited in a new random order in each epoch.</summary>
    public bool Shuffle { get; set; } = true;

    /// <summary>Fixes initial weights, order of rows, rows for validation and dropout; null leaves torch's generator as it is, and draws rows as seed 0 does.</summary>
    public long? Seed { get; set; }

    /// <summary>The largest Euclidean norm of the whole gradient; &gt; 0, null does not clip. Not for optimizers that search.</summary>
    public double? MaxGradientNorm { get; set; }

    /// <summary>Rows on which the model is validated after each epoch; null takes <see cref="ValidationFraction"/>.</summary>
    public IDataView? ValidationSet { get; set; }

    /// <summary>The share of the training rows that is kept for validation, in [0, 1); 0 validates not at all.</summary>
    public double ValidationFraction { get; set; }

    /// <summary>Ends training after so many epochs without a better validation loss (training loss where nothing is validated); ≥ 1, null trains all epochs.</summary>
    public int? Patience { get; set; }

    /// <summary>How much smaller a loss must be to count as better; ≥ 0.</summary>
    public double MinImprovement { get; set; }

    /// <summary>Whether the weights of the best validation loss are kept, instead of the last ones. Needs validation.</summary>
    public bool KeepBestWeights { get; set; } = true;

    /// <summary>Receives a report after each epoch.</summary>
    public IProgress<EpochReport>? Progress { get; set; }

    /// <summary>Receives messages.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>Where messages are raised as <c>MLContext.Log</c> events; null raises none.</summary>
    public MLContext? Context { get; set; }

    /// <summary>Ends training after the running step.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Whether cancelling gives the model so far; false throws <see cref="OperationCanceledException"/>.</summary>
    public bool KeepModelWhenCancelled { get; set; }

    /// <summary>
    /// A file that training is saved to and resumed from, where it exists and is of the same data and options; null saves
    /// none. Not for <c>LBFGS</c>, nor for cross-validation, whose folds are trainings of their own.
    /// </summary>
    public string? CheckpointPath { get; set; }

    /// <summary>Epochs between two checkpoints; ≥ 1. The last epoch is always saved.</summary>
    public int CheckpointEvery { get; set; } = 1;

    /// <summary>The device to train and score on.</summary>
    public Device Device { get; set; } = CPU;

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(LabelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(FeatureColumnName);
        ArgumentNullException.ThrowIfNull(Optimizer);
        ArgumentNullException.ThrowIfNull(Mlp);
        if (Module is not null && ModuleWithOutputs is not null) throw new ArgumentException($"Give {nameof(Module)} or {nameof(ModuleWithOutputs)}, not both.");
        Require(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Require(BatchSize is null or >= 1, nameof(BatchSize), BatchSize, "at least 1, or null for all rows");
        Require(MaxGradientNorm is null or > 0, nameof(MaxGradientNorm), MaxGradientNorm, "greater than 0, or null");
        Require(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "from 0 to below 1");
        Require(Patience is null or >= 1, nameof(Patience), Patience, "at least 1, or null");
        Require(MinImprovement >= 0 && double.IsFinite(MinImprovement), nameof(MinImprovement), MinImprovement, "finite and not negative");
        Require(CheckpointEvery >= 1, nameof(CheckpointEvery), CheckpointEvery, "at least 1");
        Mlp.Check();
    }

    internal static void Require(bool good, string name, object? value, string range)
    {
        if (!good) throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} is {value}; it must be {range}."));
    }
        ArgumentNullException.ThrowIfNull(Device);
}
