using System.Runtime.CompilerServices;
using TorchOptimExt.ML.Data;
using TorchOptimExt.ML.Modules;
using TorchSharp;
using static TorchSharp.torch;
using MemoryMarshal = System.Runtime.InteropServices.MemoryMarshal;

namespace TorchOptimExt.ML.Scoring;

/// <summary>A trained module with what is needed to score rows and to save it; see <c>TorchTransformer.Model</c>.</summary>
public sealed class TorchModel : IDisposable
{
    internal TorchModel(TaskKind task, long inputs, long outputs, Architecture architecture, nn.Module<Tensor, Tensor> module,
        Device device) : this(task, inputs, outputs, architecture, module, new Place { Device = device }) { }

    private TorchModel(TaskKind task, long inputs, long outputs, Architecture architecture, nn.Module<Tensor, Tensor> module, Place place)
    {
        (Task, Inputs, Outputs, Architecture, Module, this.place) = (task, inputs, outputs, architecture, module, place);
        module.eval();
        // The model outlives a scope in which it was trained.
        foreach (var tensor in module.parameters().Concat(module.buffers())) tensor.DetachFromDisposeScope();
        Owned.AddOrUpdate(module, this);
    }

    private static readonly ConditionalWeakTable<nn.Module, TorchModel> Owned = [];

    private readonly Place place;

    /// <summary>Whether a module is that of a model.</summary>
    internal static bool Owns(nn.Module module) => Owned.TryGetValue(module, out _);

    /// <summary>The module, which was not disposed.</summary>
    /// <exception cref="ObjectDisposedException">It was.</exception>
    internal nn.Module<Tensor, Tensor> Live => Owns(Module) ? Module : throw new ObjectDisposedException(nameof(TorchModel),
        "The model was disposed by TorchModel.Dispose, or that of another threshold was: it cannot score, be saved or trained on from.");

    /// <summary>What the model predicts.</summary>
    public TaskKind Task { get; }

    /// <summary>The number of features of a row.</summary>
    public long Inputs { get; }

    /// <summary>The number of values that the module gives for a row: 1, or the number of classes or outputs.</summary>
    public long Outputs { get; }

    /// <summary>The trained module, in evaluation mode. The model owns it; training it further changes what is predicted.</summary>
    public nn.Module<Tensor, Tensor> Module { get; }

    /// <summary>
    /// The score above which the label is true, in binary and multi-label classification; 0, a probability of 0.5, unless it was changed.
    /// </summary>
    public float Threshold { get; internal init; }

    internal Architecture Architecture { get; }

    /// <summary>The names of the classes or outputs; null where they have none.</summary>
    internal LabelKeys? Keys { get; init; }

    /// <summary>By which features are standardized before the module sees them; null where they are not.</summary>
    internal Scale? FeatureScale { get; init; }

    /// <summary>By which what the module gives is taken back to the label's units; null where it is in them.</summary>
    internal Scale? LabelScale { get; init; }

    /// <summary>Where the module lies and rows are scored.</summary>
    public Device Device => place.Device;

    /// <summary>
    /// Moves the module to a device, where rows are scored from then on; not while others are scored. A model that was loaded from a file
    /// lies on the CPU at first.
    /// </summary>
    /// <param name="device">A device that is available, such as <c>torch.CUDA</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="device"/> is null.</exception>
    /// <exception cref="ArgumentException">The device is not available here; nothing is changed.</exception>
    public void To(Device device)
    {
        DeviceCheck.Require(device, nameof(device));
        Module.to(device);
        place.Device = device;
    }

    /// <summary>The same module with another threshold. Both models share it: disposing one disposes the other's.</summary>
    internal TorchModel WithThreshold(float threshold) =>
        new(Task, Inputs, Outputs, Architecture, Module, place)
        {
            Keys = Keys,
            FeatureScale = FeatureScale,
            LabelScale = LabelScale,
            Threshold = threshold,
        };

    /// <summary>
    /// Scores rows that lie one after another, into as many times <see cref="Outputs"/> numbers: values, logits, or the classes'
    /// probabilities.
    /// </summary>
    internal void Score(ReadOnlySpan<float> rows, int count, Span<float> scores)
    {
        using var features = empty(count, Inputs, ScalarType.Float32);
        rows.CopyTo(Numbers(features));
        Score(features, scores);
    }

    /// <summary>
    /// Scores rows of shape [rows, <see cref="Inputs"/>], float32 on the CPU and contiguous; standardizes them in place where the model
    /// does so.
    /// </summary>
    internal void Score(Tensor rows, Span<float> scores)
    {
        using var quiet = inference_mode();
        using var scope = NewDisposeScope();
        FeatureScale?.Apply(Numbers(rows));
        var outputs = Live.call(rows.to(Device));
        if (Task == TaskKind.MulticlassClassification) outputs = outputs.softmax(1);
        var values = Numbers(outputs.to_type(ScalarType.Float32).to(CPU).contiguous());
        if (values.Length != rows.shape[0] * Outputs)
            throw new InvalidOperationException($"The module gives shape [{string.Join(", ", outputs.shape)}] for {rows.shape[0]} rows; "
                + $"it must give [{rows.shape[0]}, {Outputs}].");
        values.CopyTo(scores);
        LabelScale?.Undo(scores[..values.Length]);
    }

    /// <summary>The numbers of a contiguous float32 tensor on the CPU.</summary>
    internal static Span<float> Numbers(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>The probability of true that belongs to a logit.</summary>
    internal static float Probability(float logit) => (float)(1 / (1 + Math.Exp(-logit)));

    /// <summary>
    /// The class of the largest score, counted from 1 as keys are; 0, the missing key, where there is none because all are NaN.
    /// </summary>
    internal static uint LargestKey(ReadOnlySpan<float> scores)
    {
        var (best, largest) = (0u, float.NegativeInfinity);
        for (var k = 0; k < scores.Length; k++)
            if (scores[k] > largest) (best, largest) = ((uint)k + 1, scores[k]);
        return best;
    }

    /// <summary>Disposes the module. Nothing can be scored or saved afterwards.</summary>
    public void Dispose()
    {
        Owned.Remove(Module);
        Module.Dispose();
    }

    // Of a module, so of all models that share it.
    private sealed class Place
    {
        public required Device Device { get; set; }
    }
}
