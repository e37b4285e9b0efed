using Microsoft.Extensions.Logging;
using Microsoft.ML;
using TorchOptimExt.ML.Modules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML;

/// <summary>How a module is trained inside an ML.NET pipeline. Every property has a default; all are checked when the trainer is made and before training begins.</summary>
/// <example>
/// <code>
/// var trainer = mlContext.BinaryClassification.Trainers.Torch(new TorchTrainerOptions
/// {
///     LabelColumnName = "Churned",
///     Module = inputs => torch.nn.Sequential(torch.nn.Linear(inputs, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1)),
///     Optimizer = parameters => torch.optim.fused.AdamW(parameters, lr: 0.01, weight_decay: 0.01),
///     Scheduler = optimizer => torch.optim.lr_scheduler.ExponentialDecay(optimizer, gamma: 0.95),
///     Epochs = 50,
///     ValidationFraction = 0.1,
///     Patience = 5,
///     Seed = 1,
/// });
/// </code>
/// </example>
public sealed class TorchTrainerOptions
{
    /// <summary>The label column: Boolean for binary classification, a key for multiclass, Single for regression. Default: "Label".</summary>
    public string LabelColumnName { get; set; } = "Label";

    /// <summary>The feature column: a vector of Single of known size, dense or sparse. Default: "Features".</summary>
    public string FeatureColumnName { get; set; } = "Features";

    /// <summary>A column of example weights (Single, finite, ≥ 0, not all 0); null weighs all alike. The loss of a batch is the weighted mean of its examples' losses.</summary>
    public string? ExampleWeightColumnName { get; set; }

    /// <summary>Makes the module for a number of inputs: [rows, inputs] → [rows, 1] (logits or values), or [rows, classes] (logits). Called once a training, whose model owns the module. Null takes <see cref="ModuleWithOutputs"/>, <see cref="ModuleName"/> or <see cref="Mlp"/>.</summary>
    public Func<long, nn.Module<Tensor, Tensor>>? Module { get; set; }

    /// <summary>As <see cref="Module"/>, for numbers of inputs and outputs; give at most one of the two.</summary>
    public Func<long, long, nn.Module<Tensor, Tensor>>? ModuleWithOutputs { get; set; }

    /// <summary>
    /// The name under which <see cref="TorchModules.Register"/> knows how to make the module. Needed to save a model whose module is your own,
    /// null where it is not to be saved. Without <see cref="Module"/> and <see cref="ModuleWithOutputs"/> the training takes the module of this name.
    /// </summary>
    public string? ModuleName { get; set; }

    /// <summary>The built-in multilayer perceptron, which is trained where no module is given. Default: one hidden layer of 64 ReLU units.</summary>
    public MlpOptions Mlp { get; set; } = new();

    /// <summary>Makes the optimizer of the module's parameters: any of TorchSharp or TorchOptimExt, which the training disposes. Default: fused Adam with lr = 0.001.</summary>
    public Func<IEnumerable<Parameter>, optim.Optimizer> Optimizer { get; set; } = static parameters => optim.fused.Adam(parameters);

    /// <summary>Makes the learning-rate schedule, stepped after each epoch (<c>ReduceLROnPlateau</c> with the validation loss, or the training loss without validation); null keeps the rate.</summary>
    public Func<optim.Optimizer, optim.lr_scheduler.LRScheduler>? Scheduler { get; set; }

    /// <summary>
    /// Computes the loss of each example, of shape [rows] (TorchSharp's losses give it with <c>Reduction.None</c>), from outputs and labels. Outputs are of shape [rows], for several classes [rows, classes];
    /// labels of shape [rows], float32 (0 or 1, or the number) or, for several classes, int64 (from 0). Null takes binary cross-entropy with logits, the squared error, or cross-entropy.
    /// </summary>
    public Func<Tensor, Tensor, Tensor>? Loss { get; set; }

    /// <summary>The number of passes over all rows; ≥ 1, default 20.</summary>
    public int Epochs { get; set; } = 20;

    /// <summary>The number of rows of a step; ≥ 1, default 64, null for all rows at once (full batch). With the batch normalization of <see cref="Mlp"/> ≥ 2. The last batch of an epoch may be smaller; a single row that is left over joins the batch before.</summary>
    public int? BatchSize { get; set; } = 64;

    /// <summary>Whether rows are visited in a new random order in each epoch; default true. Full batches are not shuffled.</summary>
    public bool Shuffle { get; set; } = true;

    /// <summary>Seeds torch's default generator (initial weights, dropout), the order of rows and the choice of rows for validation. Null leaves the generator as it is, and draws rows as seed 0 does.</summary>
    public long? Seed { get; set; }

    /// <summary>The largest Euclidean norm of the gradient of all parameters, to which longer ones are clipped; &gt; 0, null does not clip. Must be null for <c>ArmijoGD</c>, <c>ArmijoNewton</c> and <c>ARS</c>.</summary>
    public double? MaxGradientNorm { get; set; }

    /// <summary>Rows on which the model is validated after each epoch, with the same columns as the training rows; null takes <see cref="ValidationFraction"/>.</summary>
    public IDataView? ValidationSet { get; set; }

    /// <summary>The share of the training rows that is kept for validation; 0 ≤ share &lt; 1, default 0, which does not validate. At least one row on either side. Ignored where <see cref="ValidationSet"/> is given.</summary>
    public double ValidationFraction { get; set; }

    /// <summary>Ends training after so many epochs in a row without a better validation loss (training loss without validation); ≥ 1, null trains all epochs.</summary>
    public int? Patience { get; set; }

    /// <summary>By how much a loss must be smaller than the best one to count as better, in units of the loss; ≥ 0, default 0.</summary>
    public double MinImprovement { get; set; }

    /// <summary>Whether the model has the weights of the best validation loss instead of the last ones; default true. Without validation it has the last ones.</summary>
    public bool KeepBestWeights { get; set; } = true;

    /// <summary>Receives a report after each epoch; null for none.</summary>
    public IProgress<EpochReport>? Progress { get; set; }

    /// <summary>Receives messages about the training; null for none.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>The context whose <c>Log</c> event raises messages about the training; null raises none.</summary>
    public MLContext? Context { get; set; }

    /// <summary>Cancels the training after the running step; see <see cref="KeepModelWhenCancelled"/>.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Whether a cancelled training gives the model so far; false, the default, throws <see cref="OperationCanceledException"/>.</summary>
    public bool KeepModelWhenCancelled { get; set; }

    /// <summary>
    /// The file that training is saved to, and resumed from where it exists; its folder must exist. A file of other data or options is refused. Null saves
    /// none. Not for <c>LBFGS</c>, nor for cross-validation, whose folds are trainings of their own.
    /// </summary>
    public string? CheckpointPath { get; set; }

    /// <summary>The number of epochs from one checkpoint to the next; ≥ 1, default 1. The last epoch is always saved.</summary>
    public int CheckpointEvery { get; set; } = 1;

    /// <summary>The device to train and score on; default the CPU. A model that was loaded from a file scores on the CPU.</summary>
    public Device Device { get; set; } = CPU;

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(LabelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(FeatureColumnName);
        if (ExampleWeightColumnName is not null) ArgumentException.ThrowIfNullOrEmpty(ExampleWeightColumnName);
        ArgumentNullException.ThrowIfNull(Optimizer);
        ArgumentNullException.ThrowIfNull(Mlp);
        ArgumentNullException.ThrowIfNull(Device);
        if (Module is not null && ModuleWithOutputs is not null) throw new ArgumentException($"Give {nameof(Module)} or {nameof(ModuleWithOutputs)}, not both.");
        Require(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Require(BatchSize is null or >= 1, nameof(BatchSize), BatchSize, "at least 1, or null for all rows");
        Require(BatchSize != 1 || Architecture.Of(this).Mlp is not { BatchNormalization: true }, nameof(BatchSize), BatchSize, "at least 2 with batch normalization, or null for all rows");
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
}
