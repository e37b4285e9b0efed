using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharpPolyfill.Tests;

/// <summary>The functions of References/nn.py, by name.</summary>
internal static class FunctionCases
{
    internal static readonly Dictionary<string, Func<Tensor[], Tensor>> All = new()
    {
        ["class weights"] = x => x[0].alias(),
        ["relu6"] = x => F.relu6(x[0]),
        ["selu"] = x => F.selu(x[0]),
        ["logsigmoid"] = x => F.logsigmoid(x[0]),
        ["softmax in float"] = x => F.softmax(x[0], 1, ScalarType.Float32).to_type(ScalarType.Float64),
        ["normalize"] = x => F.normalize(x[0], 3, 0),
        ["one_hot"] = x => F.one_hot(x[0], 5),
        ["one_hot of what is there"] = x => F.one_hot(x[0]),
        ["pad"] = x => F.pad(x[0], [1, 2, 0, 1], value: 0.5),
        ["pad circular"] = x => F.pad(x[0], [1, 2], PaddingModes.Circular),
        ["mse_loss of other shapes"] = x => F.mse_loss(x[0], x[1]),
        ["max_pool2d"] = x => F.max_pool2d(x[0], 3, 2, 1),
        ["avg_pool2d"] = x => F.avg_pool2d(x[0], (2, 3), (1, 2), (1, 1)),
        ["adaptive_avg_pool2d"] = x => F.adaptive_avg_pool2d(x[0], 2),
        ["batch_norm"] = x => F.batch_norm(x[0], x[1].detach(), x[2].detach()),
        ["conv2d"] = x => F.conv2d(x[0], x[1], padding: [1, 1]),
    };

    /// <summary>What is random, after torch.manual_seed(1).</summary>
    internal static readonly Dictionary<string, Func<IEnumerable<Tensor>>> Seeded = new()
    {
        ["Linear"] = () => Linear(7, 5).parameters(),
        ["Conv1d"] = () => Conv1d(4, 6, 3).parameters(),
        ["Conv2d"] = () => Conv2d(4, 6, (3, 5), groups: 2).parameters(),
        ["Embedding"] = () => Embedding(4, 3, padding_idx: 1).parameters(),
        ["Sequential"] = () => Sequential(Linear(4, 20), BatchNorm1d(20), Linear(20, 2)).parameters(),
        ["dropout"] = () => [F.dropout(ones(40), 0.3)],
        ["uniform_"] = () => [init.uniform_(empty(5, 4), -2, 3)],
        ["normal_"] = () => [init.normal_(empty(5, 4), 1, 2)],
        ["xavier_uniform_"] = () => [init.xavier_uniform_(empty(5, 4), 1.5)],
        ["kaiming_uniform_"] = () => [init.kaiming_uniform_(empty(5, 4, 3), 0.1)],
        ["kaiming_normal_"] = () => [init.kaiming_normal_(empty(5, 4), mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU)],
        ["orthogonal_ wide"] = () => [init.orthogonal_(empty(3, 5), 2)],
        ["orthogonal_ tall"] = () => [init.orthogonal_(empty(5, 3))],
        ["eye_"] = () => [init.eye_(empty(3, 4))],
    };
}
