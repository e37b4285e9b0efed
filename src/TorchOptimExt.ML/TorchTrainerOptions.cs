using Microsoft.ML;
using TorchOptimExt.ML.Modules;
using TorchOptimExt.ML.Training;
using static TorchSharp.torch;

namespace TorchOptimExt.ML;

/// <summary>
/// How a module is trained inside an ML.NET pipeline. Every property has a default; all are checked, and copied, when the trainer is
/// made: what is
/// changed afterwards changes nothing.
/// </summary>
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
public sealed class TorchTrainerOptions : TrainingOptions
{
    /// <summary>
    /// The label column: Boolean for binary classification, a key for multiclass, Single for regression; for several outputs or labels a
    /// vector of known size, of Single (NaN is a missing one) or, for labels, Boolean. Default: "Label".
    /// </summary>
    public string LabelColumnName { get; set; } = "Label";

    /// <summary>The feature column: a vector of Single of known size, dense or sparse. Default: "Features".</summary>
    public string FeatureColumnName { get; set; } = "Features";

    /// <summary>
    /// A column of example weights (Single, finite, ≥ 0, not all 0); null weighs all alike. The loss of a batch is the sum of weight
    /// times loss, divided
    /// by its rows and the mean weight of the training set, so that the size of batches does not change what a weight is worth.
    /// </summary>
    public string? ExampleWeightColumnName { get; set; }

    /// <summary>
    /// Makes the module for a number of inputs: [rows, inputs] → [rows, 1] (logits or values), or [rows, classes] (logits).
    /// Called once a training, whose model owns the module. Null takes <see cref="ModuleWithOutputs"/>, <see
    /// cref="ModuleName"/> or <see cref="Mlp"/>.
    /// </summary>
    public Func<long, nn.Module<Tensor, Tensor>>? Module { get; set; }

    /// <summary>As <see cref="Module"/>, for numbers of inputs and outputs; give at most one of the two.</summary>
    public Func<long, long, nn.Module<Tensor, Tensor>>? ModuleWithOutputs { get; set; }

    /// <summary>
    /// The name under which <see cref="TorchModules.Register"/> knows how to make the module. Needed to save a model whose
    /// module is your own, null where it is not to be saved. Without <see cref="Module"/> and <see cref="ModuleWithOutputs"/>
    /// the training takes the module of this name.
    /// </summary>
    public string? ModuleName { get; set; }

    /// <summary>
    /// The built-in multilayer perceptron, which is trained where no module is given. Default: one hidden layer of 128 ReLU
    /// units.
    /// </summary>
    public MlpOptions Mlp { get; set; } = new();

    /// <summary>
    /// Rows on which the model is validated after each epoch, with the same columns as the training rows; null takes <see
    /// cref="ValidationFraction"/>.
    /// </summary>
    public IDataView? ValidationSet { get; set; }

    /// <summary>
    /// The share of the training rows that is kept for validation; 0 ≤ share &lt; 1, default 0, which does not validate. At
    /// least one row on either side. Ignored where <see cref="ValidationSet"/> is given.
    /// </summary>
    public double ValidationFraction { get; set; }

    /// <summary>
    /// What becomes of rows that cannot be trained on; default <see cref="BadRows.Skip"/>, with a warning that counts them.
    /// </summary>
    public BadRows BadRows { get; set; }

    /// <summary>
    /// Where the training rows are held; default <see cref="RowCache.Memory"/>. <see cref="RowCache.Disk"/> trains on data that is larger
    /// than memory, with the same numbers.
    /// </summary>
    public RowCache RowCache { get; set; }

    /// <summary>
    /// The folder, which must exist, of the temporary files of <see cref="RowCache.Disk"/>: 4 bytes a feature and row, less of sparse rows.
    /// Null, the default, takes the system's folder for temporary files, which on some systems lies in memory.
    /// </summary>
    public string? CacheDirectory { get; set; }

    internal void Check()
    {
        CheckTraining();
        ArgumentException.ThrowIfNullOrEmpty(LabelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(FeatureColumnName);
        if (ExampleWeightColumnName is not null) ArgumentException.ThrowIfNullOrEmpty(ExampleWeightColumnName);
        ArgumentNullException.ThrowIfNull(Mlp);
        if (ModuleName is not null) ArgumentException.ThrowIfNullOrEmpty(ModuleName);
        if (Module is not null && ModuleWithOutputs is not null)
            throw new ArgumentException($"Give {nameof(Module)} or {nameof(ModuleWithOutputs)}, not both.");
        Require(BatchSize != 1 || Module is not null || ModuleWithOutputs is not null || ModuleName is not null
            || !Mlp.BatchNormalization, nameof(BatchSize), BatchSize,
            "at least 2 with batch normalization, or null for all rows");
        Require(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "from 0 to below 1");
        Require(Enum.IsDefined(BadRows), nameof(BadRows), BadRows, "Skip or Throw");
        Require(Enum.IsDefined(RowCache), nameof(RowCache), RowCache, "Memory or Disk");
        if (CacheDirectory is not null) ArgumentException.ThrowIfNullOrEmpty(CacheDirectory);
        Mlp.Check();
    }

    /// <summary>A copy that shares nothing with this one that could be changed.</summary>
    internal TorchTrainerOptions Copy()
    {
        var copy = (TorchTrainerOptions)MemberwiseClone();
        copy.Mlp = Mlp.Copy();
        return copy;
    }

    /// <summary>How the module can be made again.</summary>
    internal Architecture Architecture => new(ModuleName, Module is null && ModuleWithOutputs is null && ModuleName is null
        ? Mlp.ToModule() : null);

    /// <summary>The module that a training begins with: the options' own, or one of a name or the built-in one.</summary>
    /// <exception cref="InvalidOperationException">It could not be made; the option is named.</exception>
    internal nn.Module<Tensor, Tensor> MakeModule(long inputs, long outputs)
    {
        if (Module is { } make) return Made(nameof(Module), "module", () => make(inputs));
        if (ModuleWithOutputs is { } makeBoth) return Made(nameof(ModuleWithOutputs), "module", () => makeBoth(inputs, outputs));
        return Made(ModuleName is null ? nameof(Mlp) : nameof(ModuleName), "module", () => Architecture.Make(inputs, outputs));
    }
}
