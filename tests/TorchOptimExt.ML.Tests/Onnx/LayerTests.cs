using TorchOptimExt.ML.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchOptimExt.ML.Tests.Onnx;

/// <summary>Each layer gives in ONNX Runtime what it gives in libtorch, for any number of rows.</summary>
public class LayerTests
{
    private const int Plane = 36;

    // On rows of 12 numbers.
    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> OnRows = new()
    {
        ["Linear"] = () => Linear(12, 5),
        ["Linear without bias"] = () => Linear(12, 5, hasBias: false),
        ["Linear on three dimensions"] = () => Sequential(Unflatten(1, [3, 4]), Linear(4, 6), Flatten()),
        ["Identity"] = () => Identity(),
        ["Dropout"] = () => Dropout(0.9),
        ["AlphaDropout"] = () => AlphaDropout(0.9),
        ["BatchNorm1d"] = () => Trained(BatchNorm1d(12)),
        ["BatchNorm1d not affine"] = () => Trained(BatchNorm1d(12, affine: false)),
        ["BatchNorm1d on three dimensions"] = () => Sequential(Unflatten(1, [3, 4]), Trained(BatchNorm1d(3), 4), Flatten()),
        ["LayerNorm"] = () => Randomized(LayerNorm(12)),
        ["LayerNorm of two dimensions"] = () => Sequential(Unflatten(1, [2, 2, 3]), Randomized(LayerNorm([2, 3])), Flatten()),
        ["LayerNorm not affine"] = () => LayerNorm(12, elementwise_affine: false),
        ["ReLU"] = () => ReLU(),
        ["ReLU6"] = () => Sequential(Spread(), ReLU6()),
        ["LeakyReLU"] = () => LeakyReLU(0.3),
        ["PReLU"] = () => PReLU(1),
        ["PReLU by channel"] = () => Sequential(Unflatten(1, [3, 4]), Randomized(PReLU(3)), Flatten()),
        ["ELU"] = () => ELU(0.7),
        ["CELU"] = () => CELU(0.7),
        ["SELU"] = () => SELU(),
        ["GELU"] = () => GELU(),
        ["GELU by tanh"] = () => GELU(TorchSharp.Modules.GELU.Approximate.tanh),
        ["SiLU"] = () => SiLU(),
        ["Mish"] = () => Mish(),
        ["Sigmoid"] = () => Sigmoid(),
        ["LogSigmoid"] = () => LogSigmoid(),
        ["Tanh"] = () => Tanh(),
        ["Hardsigmoid"] = () => Sequential(Spread(), Hardsigmoid()),
        ["Hardswish"] = () => Sequential(Spread(), Hardswish()),
        ["Softplus"] = () => Softplus(2, 3),
        ["Softsign"] = () => Softsign(),
        ["Tanhshrink"] = () => Tanhshrink(),
        ["Softmax"] = () => Softmax(1),
        ["Softmax of the last"] = () => Softmax(-1),
        ["Softmax over channels"] = () => Sequential(Unflatten(1, [3, 4]), Softmax(1), Flatten()),
        ["LogSoftmax"] = () => LogSoftmax(-1),
        ["Conv1d"] = () => Sequential(Unflatten(1, [3, 4]), Conv1d(3, 6, 3, padding: 1, groups: 3), Flatten()),
        ["MaxPool1d"] = () => Sequential(Unflatten(1, [2, 6]), MaxPool1d(3, 2, 1), Flatten()),
        ["AvgPool1d"] = () => Sequential(Unflatten(1, [2, 6]), AvgPool1d(3, 2, 1), Flatten()),
        ["AdaptiveAvgPool1d"] = () => Sequential(Unflatten(1, [2, 6]), AdaptiveAvgPool1d(4), Flatten()),
        ["AdaptiveMaxPool1d"] = () => Sequential(Unflatten(1, [2, 6]), AdaptiveMaxPool1d(3), Flatten()),
        ["nested"] = () => Sequential(("body", Sequential(("first", Linear(12, 4)), ("act", ReLU()))), ("head", Linear(4, 2))),
    };

    // On one channel of 6 × 6.
    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> OnPlanes = new()
    {
        ["Conv2d"] = () => Conv2d(1, 3, 3),
        ["Conv2d with everything"] = () => Sequential(Conv2d(1, 4, 1), Conv2d(4, 6, (3, 2), (2, 1), (1, 2), (1, 2), groups: 2, bias: false)),
        ["Conv2d same"] = () => Conv2d(1, 3, 4, padding: Padding.Same, dilation: 1),
        ["Conv2d valid"] = () => Conv2d(1, 3, 4, padding: Padding.Valid),
        ["ConvTranspose2d"] = () => ConvTranspose2d(1, 2, 3, stride: 2, padding: 1, output_padding: 1),
        ["BatchNorm2d"] = () => Sequential(Conv2d(1, 3, 3), Trained(BatchNorm2d(3), 4, 4)),
        ["Dropout2d"] = () => Dropout2d(0.9),
        ["MaxPool2d"] = () => MaxPool2d(2),
        ["MaxPool2d with everything"] = () => MaxPool2d(new long[] { 3, 2 }, new long[] { 2, 1 }, new long[] { 1, 0 }, new long[] { 1, 2 }),
        ["MaxPool2d ceil"] = () => MaxPool2d(2, 2, ceil_mode: true),
        ["AvgPool2d"] = () => AvgPool2d(2),
        ["AvgPool2d padded"] = () => AvgPool2d(3, 2, 1),
        ["AvgPool2d without padding in it"] = () => AvgPool2d(3, 2, 1, count_include_pad: false),
        ["AdaptiveAvgPool2d to one"] = () => AdaptiveAvgPool2d(1),
        ["AdaptiveAvgPool2d even"] = () => AdaptiveAvgPool2d(new long[] { 3, 2 }),
        ["AdaptiveAvgPool2d uneven"] = () => AdaptiveAvgPool2d(new long[] { 4, 5 }),
        ["AdaptiveMaxPool2d"] = () => AdaptiveMaxPool2d(new long[] { 3, 2 }),
    };

    public static TheoryData<string> RowLayers => [.. OnRows.Keys];
    public static TheoryData<string> PlaneLayers => [.. OnPlanes.Keys];

    [Theory, MemberData(nameof(RowLayers))]
    public void A_layer_on_rows_agrees(string name) => AssertAgrees(Seeded(OnRows[name]), 12);

    [Theory, MemberData(nameof(PlaneLayers))]
    public void A_layer_on_planes_agrees(string name) => AssertAgrees(Seeded(() => Sequential(Unflatten(1, [1, 6, 6]), OnPlanes[name](), Flatten())), Plane);

    [Fact]
    public void A_small_convolutional_network_agrees() => AssertAgrees(Seeded(() => Sequential(
        ("planes", Unflatten(1, [1, 28, 28])), ("conv1", Conv2d(1, 8, 3, padding: 1)), ("norm1", Trained(BatchNorm2d(8), 28, 28)), ("relu1", ReLU()),
        ("pool1", MaxPool2d(2)), ("conv2", Conv2d(8, 16, 3, padding: 1)), ("relu2", GELU()), ("pool2", AdaptiveAvgPool2d(4)), ("flat", Flatten()),
        ("drop", Dropout(0.5)), ("head", Linear(256, 10)))), 784);

    public static TheoryData<string> Refused => [.. Unknown.Keys];

    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> Unknown = new()
    {
        ["body.1 (TwoLayers)"] = () => Sequential(("body", Sequential(Linear(36, 36), new MlTraining.TwoLayers(36, 2)))),
        ["(TwoLayers)"] = () => new MlTraining.TwoLayers(36, 2),
        ["1 (GroupNorm)"] = () => Sequential(Unflatten(1, [4, 9]), GroupNorm(2, 4), Flatten()),
        ["1 (Conv2d)"] = () => Sequential(Unflatten(1, [1, 6, 6]), Conv2d(1, 2, 3, padding: 1, padding_mode: PaddingModes.Reflect), Flatten()),
        ["1 (AvgPool2d)"] = () => Sequential(Unflatten(1, [1, 6, 6]), AvgPool2d(2, divisor_override: 3), Flatten()),
        ["1 (MaxPool2d)"] = () => Sequential(Unflatten(1, [1, 6, 6]), MaxPool2d(5, 2, ceil_mode: true), Flatten()),
        ["0 (BatchNorm1d)"] = () => Sequential(BatchNorm1d(36, track_running_stats: false)),
        ["0 (Softmax)"] = () => Sequential(Softmax(0)),
        ["0 (Linear)"] = () => Sequential(Linear(36, 2, dtype: ScalarType.Float64)),
    };

    [Theory, MemberData(nameof(Refused))]
    public void A_layer_that_cannot_be_written_is_named(string layer)
    {
        var transformer = OnnxFile.Transformer(Unknown[layer](), Plane, 2);
        using var stream = new MemoryStream();
        var refused = Assert.Throws<OnnxExportException>(() => transformer.SaveAsOnnx(stream));
        Assert.Equal(layer, refused.Part);
        Assert.Contains(layer, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, stream.Length);
    }

    private static void AssertAgrees(Module<Tensor, Tensor> module, int inputs)
    {
        using var scope = NewDisposeScope();
        using var quiet = inference_mode();
        module.eval();
        var outputs = module.call(zeros(1, inputs)).shape[1];
        var transformer = OnnxFile.Transformer(module, inputs, outputs);
        using var file = new OnnxFile(transformer.SaveAsOnnx);
        Assert.Equal(["Features"], file.Inputs);
        Assert.Equal(["Score.output"], file.Outputs);
        foreach (var count in new[] { 1, 3, 130 })
        {
            var rows = OnnxFile.Rows(count, inputs);
            var expected = module.call(tensor(rows.SelectMany(r => r).ToArray()).reshape(count, inputs)).data<float>().ToArray();
            OnnxFile.AssertAgree(expected, file.Run<float>("Score.output", rows));
        }
    }

    private static Module<Tensor, Tensor> Seeded(Func<Module<Tensor, Tensor>> make)
    {
        manual_seed(3);
        return make();
    }

    // To where all parts of the function are reached.
    private static Linear Spread()
    {
        var layer = Linear(12, 12, hasBias: false);
        using var quiet = no_grad();
        layer.weight!.set_(eye(12) * 4);
        return layer;
    }

    private static Module<Tensor, Tensor> Randomized(Module<Tensor, Tensor> layer)
    {
        using var quiet = no_grad();
        foreach (var parameter in layer.parameters()) parameter.uniform_(0.5, 1.5);
        return layer;
    }

    // With statistics and weights that are not the initial ones.
    private static Module<Tensor, Tensor> Trained(Module<Tensor, Tensor> norm, params long[] size)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        norm.train();
        var channels = ((NormBase)norm).num_features;
        for (var k = 0; k < 3; k++) norm.call(randn([16, channels, .. size]) * 2 + 1);
        norm.eval();
        return Randomized(norm);
    }
}
