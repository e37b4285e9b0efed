using System.Runtime.InteropServices;
using TorchOptimExt.ML.Scoring;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Onnx;

/// <summary>
/// Writes the layers of a module one after the other. A sample of rows goes through them as well, so that each layer's shapes are known.
/// </summary>
internal sealed partial class LayerWriter
{
    private const int SampleRows = 2;

    private readonly OnnxGraph graph;
    private readonly string layer;      // its place in the module and its type
    private readonly string input;
    private readonly long[] shape, outputShape;

    private LayerWriter(OnnxGraph graph, string layer, string input, long[] shape, long[] outputShape) =>
        (this.graph, this.layer, this.input, this.shape, this.outputShape) = (graph, layer, input, shape, outputShape);

    /// <summary>Appends the model's module, which takes a value of shape [rows, inputs] and gives one of shape [rows, outputs].</summary>
    internal static string Write(OnnxGraph graph, TorchModel model, string input)
    {
        using var scope = NewDisposeScope();
        using var quiet = inference_mode();
        var sample = zeros(SampleRows, model.Inputs, ScalarType.Float32, model.Device);
        return Write(graph, model.Live, "", input, ref sample);
    }

    private static string Write(OnnxGraph graph, nn.Module module, string path, string input, ref Tensor sample)
    {
        if (module.GetType() == typeof(Sequential))
        {
            foreach (var (name, child) in module.named_children())
                input = Write(graph, child, path.Length == 0 ? name : $"{path}.{name}", input, ref sample);
            return input;
        }
        var layer = $"{path} ({module.GetType().Name})".TrimStart();
        if (module is not nn.Module<Tensor, Tensor> known)
            throw new OnnxExportException(layer, $"The layer {layer} does not take one tensor and give one.");
        var before = sample.shape;
        try { sample = known.call(sample); }
        catch (ExternalException e)
        {
            throw new OnnxExportException(layer, $"The layer {layer} cannot take what the layer before gives, of shape "
                + $"[{string.Join(", ", before)}] and type {sample.dtype}: {e.Message.Split('\n')[0]}", e);
        }
        return new LayerWriter(graph, layer, input, before, sample.shape).Write(module);
    }

    private string Write(nn.Module module) => module switch
    {
        Identity or Dropout or Dropout1d or Dropout2d or Dropout3d or AlphaDropout or FeatureAlphaDropout => input,
        Flatten or Unflatten => Reshape(),
        Linear linear => Dense(linear),
        Convolution convolution => Convolve(convolution),
        BatchNorm1d or BatchNorm2d or BatchNorm3d => Normalize((NormBase)module),
        LayerNorm norm => Normalize(norm),
        _ => Pool(module) ?? Activate(module) ?? throw Unknown("it is none of those that can be, inside a Sequential: linear, "
            + "convolution, batch and layer normalization, pooling, the usual activations, Flatten, Dropout"),
    };

    private OnnxExportException Unknown(string why) => new(layer, $"The layer {layer} cannot be written as ONNX: {why}.");

    private string Reshape()
    {
        if (outputShape[0] != SampleRows) throw Unknown("it changes the number of rows");
        return graph.Add("Reshape", [input, graph.Whole([0, .. outputShape[1..]], outputShape.Length)]);
    }

    private string Dense(Linear linear)
    {
        var bias = linear.bias is null ? null : Constant("bias", linear.bias);
        if (shape.Length == 2) return graph.Add("Gemm", [input, Constant("weight", linear.weight), .. Given(bias)], ("transB", 1));
        var product = graph.Add("MatMul", [input, Constant("weight", linear.weight.t())]);
        return bias is null ? product : graph.Add("Add", [product, bias]);
    }

    private string Convolve(Convolution convolution)
    {
        if (convolution.padding_mode != PaddingModes.Zeros)
            throw Unknown($"its padding mode is {convolution.padding_mode}; it must be Zeros");
        List<(string, object)> attributes =
        [
            ("kernel_shape", convolution.kernel_size), ("strides", convolution.stride), ("dilations", convolution.dilation),
            ("group", (int)convolution.groups), ("pads", Pads(convolution)),
        ];
        if (convolution.transposed) attributes.Add(("output_padding", convolution.output_padding));
        var bias = convolution.bias is null ? null : Constant("bias", convolution.bias);
        return graph.Add(convolution.transposed ? "ConvTranspose" : "Conv",
            [input, Constant("weight", convolution.weight!), .. Given(bias)], [.. attributes]);
    }

    // At the beginnings of the dimensions, then at their ends. "Same" puts what is odd at the end.
    private static long[] Pads(Convolution convolution)
    {
        if (convolution.padding_type is not { } type) return [.. convolution.padding!, .. convolution.padding!];
        if (type == Padding.Valid) return new long[2 * convolution.kernel_size.Length];
        long[] all = [.. convolution.kernel_size.Zip(convolution.dilation, (size, dilation) => dilation * (size - 1))];
        return [.. all.Select(pad => pad / 2), .. all.Select(pad => pad - pad / 2)];
    }

    private string Normalize(NormBase norm)
    {
        if (norm.running_mean is null || norm.running_var is null) throw Unknown("it has no running statistics (track_running_stats)");
        using var ones = torch.ones(norm.num_features, ScalarType.Float32);
        using var zeros = torch.zeros(norm.num_features, ScalarType.Float32);
        return graph.Add("BatchNormalization",
            [input, Constant("weight", norm.weight ?? ones), Constant("bias", norm.bias ?? zeros), Constant("mean", norm.running_mean),
                Constant("variance", norm.running_var)], ("epsilon", norm.eps));
    }

    private string Normalize(LayerNorm norm)
    {
        long[] axes = [.. Enumerable.Range(-norm.normalized_shape.Length, norm.normalized_shape.Length).Select(axis => (long)axis)];
        var centered = graph.Add("Sub", [input, Mean(input)]);
        var deviation = graph.Add("Sqrt", graph.Add("Add", [Mean(graph.Add("Mul", [centered, centered])), graph.Number(norm.eps)]));
        var normalized = graph.Add("Div", [centered, deviation]);
        if (norm.weight is not null) normalized = graph.Add("Mul", [normalized, Constant("weight", norm.weight)]);
        return norm.bias is null ? normalized : graph.Add("Add", [normalized, Constant("bias", norm.bias)]);

        string Mean(string of) => graph.Add("ReduceMean", of, ("axes", axes), ("keepdims", 1));
    }

    private static IEnumerable<string> Given(string? operand) => operand is null ? [] : [operand];

    private string Constant(string name, Tensor values)
    {
        if (values.dtype is not (ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16))
            throw Unknown($"its {name} is of type {values.dtype}; it must be Float32");
        using var dense = values.detach().to_type(ScalarType.Float32).cpu().contiguous();
        return graph.Constant($"{layer.Split(' ')[0]}.{name}", MemoryMarshal.Cast<byte, float>(dense.bytes).ToArray(), values.shape);
    }
}
