using System.Text.Json;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace References;

/// <summary>
/// A run of one of PyTorch's optimizers, from trajectories.json: what it started with, what it was told, where it came.
/// Start values and gradients are the closed formulas of trajectories.py, exact in float32.
/// </summary>
public sealed class Trajectory
{
    private static readonly JsonElement File = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "References", "trajectories.json"))).RootElement;
    private static readonly int[] Checkpoints = [.. File.GetProperty("checkpoints").EnumerateArray().Select(e => e.GetInt32())];
    private static readonly Dictionary<int, double> Rates = File.GetProperty("rates").EnumerateObject().ToDictionary(p => int.Parse(p.Name), p => p.Value.GetDouble());
    private static readonly Dictionary<string, Trajectory> Cases = File.GetProperty("cases").EnumerateArray().Select(e => new Trajectory(e)).ToDictionary(t => t.Name);

    private readonly JsonElement options;
    private readonly double[][] values;

    private Trajectory(JsonElement entry)
    {
        options = entry.GetProperty("options");
        Optimizer = entry.GetProperty("optimizer").GetString()!;
        DType = entry.GetProperty("dtype").GetString() == "float64" ? ScalarType.Float64 : ScalarType.Float32;
        Shapes = [.. entry.GetProperty("shapes").EnumerateArray().Select(s => s.EnumerateArray().Select(n => n.GetInt64()).ToArray())];
        values = [.. entry.GetProperty("values").EnumerateArray().Select(v => v.EnumerateArray().Select(x => DType == ScalarType.Float32 ? x.GetSingle() : x.GetDouble()).ToArray())];
        Name = $"{Optimizer} {DType} {string.Join(", ", options.EnumerateObject().Select(p => $"{p.Name} {p.Value}"))}";
    }

    /// <summary>Optimizer, dtype and options: a test's argument, for <see cref="Named"/>.</summary>
    public string Name { get; }

    /// <summary>As TorchSharp spells it.</summary>
    public string Optimizer { get; }

    public ScalarType DType { get; }

    /// <summary>Of the parameters, which stand in one group.</summary>
    public IReadOnlyList<long[]> Shapes { get; }

    public static int Steps { get; } = File.GetProperty("steps").GetInt32();

    public static IEnumerable<string> Optimizers => Cases.Values.Select(t => t.Optimizer).Distinct();

    public static Trajectory Named(string name) => Cases[name];

    /// <summary>All cases of the given optimizers; of all optimizers when none is given.</summary>
    public static TheoryData<string> Of(params string[] optimizers) =>
        new(Cases.Values.Where(t => optimizers.Length == 0 || optimizers.Contains(t.Optimizer)).Select(t => t.Name));

    /// <summary>A hyperparameter by TorchSharp's name, or TorchSharp's default.</summary>
    public double Number(string name, double otherwise) => options.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;

    public bool Flag(string name) => options.TryGetProperty(name, out var value) && value.GetBoolean();

    public double LearningRate => Number("lr", double.NaN);

    public static double Start(int index) => ((29 * index + 7) % 61 - 30) / 16.0;

    /// <summary>One sign for index mod 5 = 0 and 4, changing signs between; exact zeros now and then. Steps count from 1.</summary>
    public static double Gradient(int step, int index)
    {
        var r = (37 * step * step + 13 * step * index + 71 * index + 11) % 101;
        return r < 8 ? 0 : (r - 25 * (index % 5)) / 32.0;
    }

    /// <summary>New parameters at the start.</summary>
    public List<Parameter> Parameters()
    {
        using var values = Fill(Start);
        return [.. values.Tensors.Select(t => new Parameter(t))];
    }

    /// <summary>Runs steps <paramref name="from"/> to <paramref name="to"/>, comparing at each checkpoint on the way.</summary>
    public void Replay(optim.Optimizer optimizer, IReadOnlyList<Parameter> parameters, int from = 1, int to = int.MaxValue)
    {
        for (var step = from; step <= Math.Min(to, Steps); step++)
        {
            if (Rates.TryGetValue(step, out var factor))
                foreach (var group in optimizer.ParamGroups) group.LearningRate = LearningRate * factor;
            SetGradients(parameters, step);
            optimizer.step();
            if (Array.IndexOf(Checkpoints, step) is var k and >= 0) Compare(parameters, values[k], step);
        }
    }

    public void SetGradients(IReadOnlyList<Parameter> parameters, int step)
    {
        using var gradients = Fill(i => Gradient(step, i));
        for (var k = 0; k < parameters.Count; k++) parameters[k].grad = gradients.Tensors[k];
    }

    private void Compare(IReadOnlyList<Parameter> parameters, double[] expected, int step)
    {
        var first = 0;
        foreach (var parameter in parameters)
        {
            var count = (int)parameter.numel();
            Tolerance.Holds(expected.AsSpan(first, count), Values(parameter), DType, step);
            first += count;
        }
    }

    /// <summary>A tensor's elements, row by row.</summary>
    public static double[] Values(Tensor tensor)
    {
        using var plain = tensor.detach();
        using var wide = plain.to(ScalarType.Float64, copy: true);
        return wide.data<double>().ToArray();
    }

    private Filled Fill(Func<int, double> value)
    {
        var first = 0;
        var made = new List<Tensor>();
        foreach (var shape in Shapes)
        {
            var count = (int)shape.Aggregate((a, b) => a * b);
            made.Add(tensor(Enumerable.Range(first, count).Select(value).ToArray(), shape, dtype: DType));
            first += count;
        }
        return new(made);
    }

    private sealed record Filled(List<Tensor> Tensors) : IDisposable
    {
        public void Dispose() => Tensors.ForEach(t => t.Dispose());
    }
}
