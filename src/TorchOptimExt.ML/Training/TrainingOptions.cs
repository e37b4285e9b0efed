using System.Reflection;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using TorchOptimExt.ML.Modules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Training;

/// <summary>
/// How a module is trained, whatever it is and wherever its rows come from: the part of <c>TorchTrainerOptions</c> that says so.
/// </summary>
public abstract class TrainingOptions
{
    // Few rows are visited often, since a network learns by steps; but not much more often, since it would learn them by heart.
    private const int FewestSteps = 300, FewestEpochs = 20;

    private protected TrainingOptions() { }

    private static readonly Func<IEnumerable<Parameter>, optim.Optimizer> DefaultOptimizer = static parameters =>
        optim.fused.Adam(parameters);

    /// <summary>
    /// Makes the optimizer of the module's parameters: any of TorchSharp or TorchOptimExt, which the training disposes.
    /// Default: fused Adam with lr = 0.001.
    /// </summary>
    public Func<IEnumerable<Parameter>, optim.Optimizer> Optimizer { get; set; } = DefaultOptimizer;

    /// <summary>
    /// Makes the learning-rate schedule, stepped after each epoch (<c>ReduceLROnPlateau</c> with the validation loss, or the
    /// training loss without validation). Null keeps the rate; but where <see cref="Epochs"/> is null too, that of the default optimizer
    /// falls along half a cosine from twice its value, 0.002, to 0.
    /// </summary>
    public Func<optim.Optimizer, optim.lr_scheduler.LRScheduler>? Scheduler { get; set; }

    /// <summary>
    /// Computes the loss of each example, of shape [rows] (TorchSharp's losses give it with <c>Reduction.None</c>), from outputs and
    /// labels.
    /// Outputs are of shape [rows], for several classes or outputs [rows, outputs]; labels of shape [rows], float32 (0 or 1, or the
    /// number) or, for
    /// several classes, int64 (from 0); of several outputs [rows, outputs], where NaN is a missing label. Null takes binary cross-entropy
    /// with logits, the
    /// squared error, or cross-entropy.
    /// </summary>
    public Func<Tensor, Tensor, Tensor>? Loss { get; set; }

    /// <summary>How much the examples of each class count, in binary and multiclass classification; null counts all alike.</summary>
    public ClassWeights? ClassWeights { get; set; }

    /// <summary>
    /// Whether features are standardized inside, by mean and standard deviation of the training rows: in training and in scoring, saved
    /// with the model. Null, the default, does so for the built-in perceptron where the scales of features differ by more than 100, with a
    /// warning that says so; a module of your own is given the features as they are, with a warning alone.
    /// </summary>
    public bool? StandardizeFeatures { get; set; }

    /// <summary>
    /// Whether the label of a regression is standardized inside, by mean and standard deviation of the training rows, and scores are
    /// given in the label's
    /// units again; of several outputs, losses are then those of standardized labels. Null, the default, does so unless <see
    /// cref="Loss"/> is given. Other tasks ignore it.
    /// </summary>
    public bool? StandardizeLabel { get; set; }

    /// <summary>
    /// The number of passes over all rows; ≥ 1. Null, the default, takes 20, or where that makes fewer than 300 steps, as many as
    /// make 300.
    /// </summary>
    public int? Epochs { get; set; }

    /// <summary>
    /// The number of rows of a step; ≥ 1, default 64, null for all rows at once (full batch). With the batch normalization of
    /// <c>Mlp</c> ≥ 2. The last batch of an epoch may be smaller; a single row that is left over joins the batch
    /// before.
    /// </summary>
    public int? BatchSize { get; set; } = 64;

    /// <summary>
    /// Whether rows are visited in a new random order in each epoch; default true. Full batches are not shuffled.
    /// </summary>
    public bool Shuffle { get; set; } = true;

    /// <summary>
    /// Seeds torch's default generator (initial weights, dropout), the order of rows and the choice of rows for validation. Null takes a
    /// seed from that of
    /// the <c>MLContext</c>, as ML.NET's trainers do; where it has none either, torch's generator stays as it is, and rows are drawn as
    /// seed 0 does.
    /// Trainings with a seed run one at a time in a process, so that each gives what it gives alone.
    /// </summary>
    public long? Seed { get; set; }

    /// <summary>
    /// The largest Euclidean norm of the gradient of all parameters, to which longer ones are clipped; &gt; 0, null does not
    /// clip. Must be null for <c>ArmijoGD</c>, <c>ArmijoNewton</c> and <c>ARS</c>.
    /// </summary>
    public double? MaxGradientNorm { get; set; }

    /// <summary>
    /// Ends training after so many epochs in a row without a better validation loss (training loss without validation); ≥ 1,
    /// null trains all epochs.
    /// </summary>
    public int? Patience { get; set; }

    /// <summary>
    /// By how much a loss must be smaller than the best one to count as better, in units of the loss; ≥ 0, default 0.
    /// </summary>
    public double MinImprovement { get; set; }

    /// <summary>
    /// Whether the model has the weights of the best validation loss instead of the last ones; default true. Without
    /// validation it has the last ones.
    /// </summary>
    public bool KeepBestWeights { get; set; } = true;

    /// <summary>Receives a report after each epoch; null for none.</summary>
    public IProgress<EpochReport>? Progress { get; set; }

    /// <summary>Receives messages about the training; null for none.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>
    /// The context whose <c>Log</c> event raises messages about the training; null takes the one whose catalog made the trainer.
    /// </summary>
    public MLContext? Context { get; set; }

    /// <summary>
    /// Cancels the training while rows are read, while it waits for another one, after the running step, and between the batches of
    /// validation; see <see cref="KeepModelWhenCancelled"/>.
    /// </summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>
    /// Whether a cancelled training gives the model so far; false, the default, throws <see
    /// cref="OperationCanceledException"/>.
    /// </summary>
    public bool KeepModelWhenCancelled { get; set; }

    /// <summary>
    /// The file that training is saved to, and resumed from where it exists; its folder must exist. A file of other data or
    /// options is refused. Null saves none. Not for <c>LBFGS</c>, nor for cross-validation, whose folds are trainings of
    /// their own.
    /// </summary>
    public string? CheckpointPath { get; set; }

    /// <summary>The number of epochs from one checkpoint to the next; ≥ 1, default 1. The last epoch is always saved.</summary>
    public int CheckpointEvery { get; set; } = 1;

    /// <summary>
    /// The device to train and score on; default the CPU. A model that was loaded from a file scores on the CPU, until
    /// <c>TorchModel.To</c> moves it.
    /// </summary>
    public Device Device { get; set; } = CPU;

    // What a schedule of TorchSharp changes; null where a version of it keeps that elsewhere.
    private static readonly FieldInfo? ScheduledOptimizer =
        typeof(optim.lr_scheduler.LRScheduler).GetField("_optimizer", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>How many epochs a training on so many rows takes.</summary>
    internal int EpochsOf(long rows)
    {
        if (Epochs is { } given) return given;
        var batches = Math.Ceiling(rows / (double)(BatchSize ?? rows));
        return (int)Math.Max(Math.Ceiling(FewestSteps / batches), FewestEpochs);
    }

    /// <summary>The schedule for so many epochs: the user's, or none; or the default where neither rate nor length are given.</summary>
    internal optim.lr_scheduler.LRScheduler? MakeSchedule(optim.Optimizer optimizer, int epochs)
    {
        if (Scheduler is { } make)
        {
            var made = Made(nameof(Scheduler), "schedule", () => make(optimizer));
            return ScheduledOptimizer?.GetValue(made) is not optim.Optimizer other || ReferenceEquals(other, optimizer) ? made
                : throw new InvalidOperationException("TorchTrainerOptions.Scheduler made a schedule of another optimizer, which would "
                    + "change no rate of the training; make it of the optimizer that the function is given.");
        }
        return Epochs is null && ReferenceEquals(Optimizer, DefaultOptimizer)
            ? optim.lr_scheduler.LambdaLR(optimizer, epoch => 1 + Math.Cos(Math.PI * epoch / epochs)) : null;
    }

    /// <summary>
    /// Where messages go besides <see cref="Logger"/>: the environment of the catalog that made the trainer, unless there is a context.
    /// </summary>
    internal Microsoft.ML.Runtime.IChannelProvider? Channels { get; set; }

    /// <exception cref="ArgumentNullException">What must not be null is null.</exception>
    /// <exception cref="ArgumentException">The device is not available.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    private protected void CheckTraining()
    {
        ArgumentNullException.ThrowIfNull(Optimizer);
        DeviceCheck.Require(Device, nameof(Device));
        Require(Epochs is null or >= 1, nameof(Epochs), Epochs, "at least 1, or null");
        Require(BatchSize is null or >= 1, nameof(BatchSize), BatchSize, "at least 1, or null for all rows");
        Require(MaxGradientNorm is null or > 0, nameof(MaxGradientNorm), MaxGradientNorm, "greater than 0, or null");
        Require(Patience is null or >= 1, nameof(Patience), Patience, "at least 1, or null");
        Require(MinImprovement >= 0 && double.IsFinite(MinImprovement), nameof(MinImprovement), MinImprovement, "finite and not negative");
        if (CheckpointPath is not null) ArgumentException.ThrowIfNullOrEmpty(CheckpointPath);
        Require(CheckpointEvery >= 1, nameof(CheckpointEvery), CheckpointEvery, "at least 1");
    }

    internal static void Require(bool good, string name, object? value, string range)
    {
        if (!good) throw new ArgumentOutOfRangeException(name, value,
            FormattableString.Invariant($"{name} is {value}; it must be {range}."));
    }

    /// <summary>What a user's function makes; its failure is told with the option's name.</summary>
    /// <exception cref="InvalidOperationException">It failed, or made nothing.</exception>
    internal static T Made<T>(string option, string what, Func<T?> make) where T : class
    {
        T? made;
        try { made = make(); }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"TorchTrainerOptions.{option} failed: {e.Message.Split('\n')[0]}", e);
        }
        return made ?? throw new InvalidOperationException($"TorchTrainerOptions.{option} made no {what}.");
    }
}
