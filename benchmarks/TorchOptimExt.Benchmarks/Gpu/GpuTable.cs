using System.Diagnostics;
using TorchOptimExt.Benchmarks.Steps;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.Gpu;

/// <summary>Times of a step on CUDA: ours, TorchSharp's, and PyTorch's where a Python with it and CUDA is installed.</summary>
internal static class GpuTable
{
    private const double Seconds = 0.4;     // of one cell
    private static readonly string[] Optimizers = ["Adam", "Adadelta", "RMSProp", "Rprop"];

    private static StepCase[] Cases { get; } =
        [.. StepCase.All.Where(one => !one.LastStrided), new("gpt2-124M", Gpt2())];

    public static void Run()
    {
        var bandwidth = CopyBandwidth();
        Console.WriteLine($"Microseconds of a synchronized step (median); copies {bandwidth / 1e9:F0} GB/s. Back to back: part of the copies' bandwidth. By script: libtorch's kernels for lists of tensors.");
        Console.WriteLine("| case | optimizer | ours | back to back | TorchSharp | by script | PyTorch foreach | PyTorch fused |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|--:|--:|");
        var python = PyTorchTimes.Read();
        foreach (var one in Cases)
            foreach (var name in Optimizers) WriteRow(one, float32, name, python, bandwidth);
        foreach (var name in Optimizers) WriteRow(Cases[^1], bfloat16, name, python, bandwidth);
    }

    private static void WriteRow(StepCase one, ScalarType dtype, string name, Dictionary<(string, string, string), double> python, double bandwidth)
    {
        var contender = Contender.All.Single(contender => contender.Name == name);
        var title = dtype == float32 ? one.Name : $"{one.Name}, bfloat16";
        var (ours, together) = Time(one, dtype, contender.Ours);
        // TorchSharp's keep some numbers of theirs in float32, which its operations refuse beside bfloat16.
        var theirs = dtype == float32 ? $"{Time(one, dtype, contender.Reference).synchronized:F0}" : "–";
        var (script, _) = Time(one, dtype, parameters => new AtenStep(name.ToLowerInvariant(), parameters), step => step.Step());
        var moved = (dtype == float32 ? 4.0 : 2.0) * contender.Streams * one.Elements;
        Console.WriteLine($"| {title} | {name} | {ours:F0} | {together:F0} ({moved / (together * 1e-6) / bandwidth:P0}) | {theirs} | {script:F0} | "
            + $"{Text(python, title, name, "foreach")} | {Text(python, title, name, "fused")} |");
    }

    private static string Text(Dictionary<(string, string, string), double> times, string one, string optimizer, string variant) =>
        times.TryGetValue((one, optimizer, variant), out var time) ? $"{time:F0}" : "–";

    private static (double synchronized, double together) Time(StepCase one, ScalarType dtype, Contender.Make make) =>
        Time(one, dtype, parameters => make(parameters), optimizer => optimizer.step());

    private static (double synchronized, double together) Time<T>(StepCase one, ScalarType dtype, Func<Parameter[], T> make, Action<T> step) where T : IDisposable
    {
        using var scope = NewDisposeScope();
        var parameters = one.Parameters().Select(parameter => OnDevice(parameter, dtype)).ToArray();
        using var made = make(parameters);
        for (var k = 0; k < 3; k++) step(made);
        cuda.synchronize();
        var times = new List<double>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < Seconds || times.Count < 5)
        {
            var start = Stopwatch.GetTimestamp();
            step(made);
            cuda.synchronize();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        times.Sort();
        var count = Math.Clamp(times.Count, 5, 200);
        var from = Stopwatch.GetTimestamp();
        for (var k = 0; k < count; k++) step(made);
        cuda.synchronize();
        return (times[times.Count / 2], Stopwatch.GetElapsedTime(from).TotalMicroseconds / count);
    }

    private static Parameter OnDevice(Parameter parameter, ScalarType dtype)
    {
        using var grad = parameter.grad!;
        var moved = new Parameter(parameter.detach().to(dtype).cuda()) { grad = grad.to(dtype).cuda() };
        parameter.Dispose();
        return moved;
    }

    private static double CopyBandwidth()
    {
        using var from = ones([1L << 28], device: CUDA);
        using var to = zeros_like(from);
        var best = double.MaxValue;
        for (var k = 0; k < 10; k++)
        {
            cuda.synchronize();
            var start = Stopwatch.GetTimestamp();
            for (var n = 0; n < 10; n++) to.copy_(from);
            cuda.synchronize();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / 10);
        }
        return 2.0 * 4 * (1L << 28) / best;
    }

    /// <summary>The shapes of GPT-2's smallest model: 148 tensors, 124M elements.</summary>
    private static long[][] Gpt2()
    {
        List<long[]> shapes = [[50_257, 768], [1_024, 768]];
        for (var layer = 0; layer < 12; layer++)
            shapes.AddRange([[768], [768], [2_304, 768], [2_304], [768, 768], [768], [768], [768], [3_072, 768], [3_072], [768, 3_072], [768]]);
        return [.. shapes, [768], [768]];
    }
}
