using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharpPolyfill.Tests;

/// <summary>The modules of References/nn.py, by name.</summary>
internal static class ModuleCases
{
    private static Tensor weight => PyTorchReference.All.Functions["class weights"].Inputs[0].Make();

    internal static readonly Dictionary<string, Func<Module>> All = new()
    {
        ["Linear"] = () => Linear(4, 3),
        ["Linear without bias"] = () => Linear(4, 3, hasBias: false),
        ["Conv1d"] = () => Conv1d(4, 3, 3, stride: 2, padding: 1),
        ["Conv1d same"] = () => Conv1d(4, 3, 3, Padding.Same, dilation: 2),
        ["Conv1d circular"] = () => Conv1d(4, 3, 3, padding: 1, padding_mode: PaddingModes.Circular),
        ["Conv2d"] = () => Conv2d(4, 3, 3, stride: 2, padding: 1),
        ["Conv2d unbatched"] = () => Conv2d(4, 3, 3),
        ["Conv2d pairs"] = () => Conv2d(4, 2, (3, 2), stride: (1, 2), padding: (2, 1), dilation: (2, 1), groups: 2, bias: false),
        ["Conv2d same"] = () => Conv2d(4, 3, 3, Padding.Same),
        ["Conv2d valid pairs"] = () => Conv2d(4, 3, (3, 2), Padding.Valid),
        ["Conv2d reflect"] = () => Conv2d(4, 3, (3, 3), padding: (2, 1), padding_mode: PaddingModes.Reflect),
        ["Conv2d replicate"] = () => Conv2d(4, 3, 3, padding: 1, padding_mode: PaddingModes.Replicate),
        ["MaxPool2d"] = () => MaxPool2d(2),
        ["MaxPool2d pairs"] = () => MaxPool2d((3, 2), stride: (2, 1), padding: (1, 0), dilation: (1, 2), ceil_mode: true),
        ["AvgPool2d"] = () => AvgPool2d(2),
        ["AvgPool2d pairs"] = () => AvgPool2d((3, 2), stride: (2, 1), padding: (1, 1), count_include_pad: false),
        ["AvgPool2d divisor"] = () => AvgPool2d([2, 2], divisor_override: 3),
        ["AdaptiveAvgPool2d"] = () => AdaptiveAvgPool2d((3, 2)),
        ["BatchNorm1d"] = () => BatchNorm1d(4),
        ["BatchNorm1d of waves, evaluating"] = () => Evaluating(BatchNorm1d(4)),
        ["BatchNorm2d"] = () => BatchNorm2d(4, momentum: 0.3),
        ["BatchNorm2d bare"] = () => Evaluating(BatchNorm2d(4, affine: false, track_running_stats: false)),
        ["LayerNorm"] = () => LayerNorm(4),
        ["LayerNorm of images"] = () => LayerNorm([4, 3], elementwise_affine: false),
        ["Dropout, evaluating"] = () => Evaluating(Dropout(0.3)),
        ["Flatten"] = () => Flatten(),
        ["Unflatten"] = () => Unflatten(1, [2, 2]),
        ["Identity"] = () => Identity(),
        ["Embedding"] = () => Embedding(5, 3, padding_idx: 2),
        ["Embedding within a norm"] = () => Embedding(5, 3, max_norm: 1),
        ["ReLU"] = () => ReLU(),
        ["LeakyReLU"] = () => LeakyReLU(0.2),
        ["Sigmoid"] = () => Sigmoid(),
        ["Tanh"] = () => Tanh(),
        ["GELU"] = () => GELU(),
        ["ELU"] = () => ELU(0.7),
        ["SiLU"] = () => SiLU(),
        ["Softplus"] = () => Softplus(2, 1),
        ["Softmax"] = () => Softmax(1),
        ["LogSoftmax"] = () => LogSoftmax(0),
        ["Sequential"] = () => Sequential(Linear(4, 6), BatchNorm1d(6), ReLU(), Sequential(Linear(6, 2), Tanh())),
        ["CrossEntropyLoss"] = () => CrossEntropyLoss(),
        ["CrossEntropyLoss weighted, ignoring, smoothed"] = () => new TorchSharp.Modules.CrossEntropyLoss(weight, 3, label_smoothing: 0.1),
        ["CrossEntropyLoss of shares, summed"] = () => CrossEntropyLoss(reduction: Reduction.Sum),
        ["NLLLoss"] = () => NLLLoss(),
        ["NLLLoss weighted"] = () => NLLLoss(weight, Reduction.None),
        ["BCELoss"] = () => BCELoss(),
        ["BCELoss weighted"] = () => BCELoss(weight, Reduction.Sum),
        ["BCEWithLogitsLoss"] = () => BCEWithLogitsLoss(),
        ["BCEWithLogitsLoss weighted"] = () => BCEWithLogitsLoss(weight, Reduction.None, weight + 1),
        ["MSELoss"] = () => MSELoss(),
        ["MSELoss summed"] = () => MSELoss(Reduction.Sum),
        ["L1Loss"] = () => L1Loss(),
        ["SmoothL1Loss"] = () => SmoothL1Loss(beta: 0.5),
        ["HuberLoss"] = () => HuberLoss(0.5, Reduction.None),
    };

    private static Module Evaluating(Module module)
    {
        module.eval();
        return module;
    }
}
