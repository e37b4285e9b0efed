using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Onnx;

internal sealed partial class LayerWriter
{
    // Null where it is no pooling.
    private string? Pool(nn.Module module) => module switch
    {
        MaxPool1d p => Largest([p.kernel_size], One(p.stride, p.kernel_size), One(p.padding, 0), One(p.dilation, 1), p.ceil_mode),
        MaxPool2d p => Largest(Two(p.kernel_size, 1), Two(p.stride ?? p.kernel_size, 1), Two(p.padding, 0), Two(p.dilation, 1),
            p.ceil_mode),
        AvgPool1d p => Average([p.kernel_size], One(p.stride, p.kernel_size), One(p.padding, 0), p.ceil_mode, p.count_include_pad),
        AvgPool2d { divisor_override: not null } => throw Unknown("it has a divisor of its own"),
        AvgPool2d p => Average(Two(p.kernel_size, 1), Two(p.stride ?? p.kernel_size, 1), Two(p.padding, 0), p.ceil_mode,
            p.count_include_pad),
        AdaptiveAvgPool1d => AdaptiveAverage(1),
        AdaptiveAvgPool2d => AdaptiveAverage(2),
        AdaptiveMaxPool1d => AdaptiveLargest(1),
        AdaptiveMaxPool2d => AdaptiveLargest(2),
        _ => null,
    };

    private static long[] One(long? given, long otherwise) => [given ?? otherwise];

    private static long[] Two(long[]? given, long otherwise) => given switch
    {
        null or [] => [otherwise, otherwise],
        [var both] => [both, both],
        _ => given,
    };

    private string Largest(long[] kernel, long[] stride, long[] padding, long[] dilation, bool ceil)
    {
        RefuseHalfWindows(kernel, stride, padding, dilation, ceil);
        return graph.Add("MaxPool", Planes(kernel.Length), ("kernel_shape", kernel), ("strides", stride),
            ("pads", (long[])[.. padding, .. padding]), ("dilations", dilation));
    }

    private string Average(long[] kernel, long[] stride, long[] padding, bool ceil, bool countPadding)
    {
        RefuseHalfWindows(kernel, stride, padding, [.. kernel.Select(_ => 1L)], ceil);
        return graph.Add("AveragePool", Planes(kernel.Length), ("kernel_shape", kernel), ("strides", stride),
            ("pads", (long[])[.. padding, .. padding]), ("count_include_pad", countPadding ? 1 : 0));
    }

    // Where windows reach over the end, libtorch and ONNX count them differently.
    private void RefuseHalfWindows(long[] kernel, long[] stride, long[] padding, long[] dilation, bool ceil)
    {
        if (!ceil) return;
        for (var k = 0; k < kernel.Length; k++)
        {
            var room = shape[^(kernel.Length - k)] + 2 * padding[k] - dilation[k] * (kernel[k] - 1) - 1;
            if (room % stride[k] != 0) throw Unknown("with ceil_mode its last window reaches over the end");
        }
    }

    // Of shape [rows, channels, ...].
    private string Planes(int dimensions) => shape.Length == dimensions + 2 ? input
        : throw Unknown($"its input has {shape.Length} dimensions; it must have {dimensions + 2}, of which the first is the rows");

    // A mean over windows of different sizes is a product with a matrix, along each dimension.
    private string AdaptiveAverage(int dimensions)
    {
        var value = Planes(dimensions);
        if (outputShape[2..].All(size => size == 1)) return graph.Add("GlobalAveragePool", value);
        value = graph.Add("MatMul", [value, Means(shape[^1], outputShape[^1], false)]);
        return dimensions == 1 ? value : graph.Add("MatMul", [Means(shape[^2], outputShape[^2], true), value]);
    }

    private string Means(long from, long to, bool left)
    {
        var means = new float[from * to];
        for (long k = 0; k < to; k++)
        {
            var (begin, end) = (k * from / to, ((k + 1) * from + to - 1) / to);
            for (var i = begin; i < end; i++) means[left ? k * from + i : i * to + k] = 1f / (end - begin);
        }
        return graph.Constant("Means", means, left ? [to, from] : [from, to]);
    }

    private string AdaptiveLargest(int dimensions)
    {
        var (from, to) = (shape[2..], outputShape[2..]);
        if (from.Zip(to).Any(size => size.First % size.Second != 0)) throw Unknown("its windows are of different sizes");
        long[] windows = [.. from.Zip(to, (whole, parts) => whole / parts)];
        return graph.Add("MaxPool", Planes(dimensions), ("kernel_shape", windows), ("strides", windows));
    }
}
