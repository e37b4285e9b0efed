using TorchOptimExt.ML.Modules;
using TorchOptimExt.ML.Scoring;
using static TorchSharp.torch;
using MemoryMarshal = System.Runtime.InteropServices.MemoryMarshal;

namespace TorchOptimExt.ML;

/// <summary>A trained module with what is needed to score rows and to save it; see <see cref="TorchTransformer.Model"/>.</summary>
public sealed class TorchModel : IDisposable
{
    internal TorchModel(TaskKind task, long inputs, long outputs, Architecture architecture, LabelKeys? keys, nn.Module<Tensor, Tensor> module, Device device)
    {
        (Task, Inputs, Outputs, Architecture, Keys, Module, Device) = (task, inputs, outputs, architecture, keys, module, device);
        module.eval();
        // The model outlives a scope in which it was trained.
        foreach (var tensor in module.parameters().Concat(module.buffers())) tensor.DetachFromDisposeScope();
    }

    /// <summary>What the model predicts.</summary>
    public TaskKind Task { get; }

    /// <summary>The number of features of a row.</summary>
    public long Inputs { get; }

    /// <summary>The number of values that the module gives for a row: 1, or the number of classes.</summary>
    public long Outputs { get; }

    /// <summary>The trained module, in evaluation mode. The model owns it; training it further changes what is predicted.</summary>
    public nn.Module<Tensor, Tensor> Module { get; }

    internal Architecture Architecture { get; }

    /// <summary>The classes' names; null where the label had none.</summary>
    internal LabelKeys? Keys { get; }

    internal Device Device { get; }

    /// <summary>Scores rows that lie one after another, into as many times <see cref="Outputs"/> numbers: the value, the logit, or the classes' probabilities.</summary>
    internal void Score(ReadOnlySpan<float> rows, int count, Span<float> scores)
    {
        using var quiet = inference_mode();
        using var scope = NewDisposeScope();
        var features = empty(count, Inputs);
        rows.CopyTo(MemoryMarshal.Cast<byte, float>(features.bytes));
        var outputs = Module.call(features.to(Device));
        if (Task == TaskKind.MulticlassClassification) outputs = outputs.softmax(1);
        var dense = outputs.to_type(ScalarType.Float32).to(CPU).contiguous();
        var values = MemoryMarshal.Cast<byte, float>(dense.bytes);
        if (values.Length != count * Outputs) throw new InvalidOperationException($"The module gives shape [{string.Join(", ", outputs.shape)}] for {count} rows; it must give [{count}, {Outputs}].");
        values.CopyTo(scores);
    }

    /// <summary>The probability of true that belongs to a logit.</summary>
    internal static float Probability(float logit) => (float)(1 / (1 + Math.Exp(-logit)));

    /// <summary>The class of the largest probability, counted from 1 as keys are.</summary>
    internal static uint LargestKey(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var k = 1; k < scores.Length; k++) if (scores[k] > scores[best]) best = k;
        return (uint)best + 1;
    }

    /// <summary>Disposes the module. Nothing can be scored or saved afterwards.</summary>
    public void Dispose() => Module.Dispose();
}
