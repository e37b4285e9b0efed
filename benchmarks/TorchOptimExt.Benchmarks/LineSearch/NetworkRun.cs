using System.Globalization;
using Datasets;
using TorchOptimExt.LineSearch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.LineSearch;

/// <summary>
/// The loss of a network 784-32-10 on the first 2,000 images of Fashion-MNIST, full batch, float32, that each method has reached at a cost:
/// an evaluation costs 1, one with its gradient 3, a product of the Hessian 4. The median of five seeds; scipy and PyTorch begin at the same
/// weights, which a Python script reads from files.
/// </summary>
internal sealed class NetworkRun : IDisposable
{
    private const int Images = 2000, Hidden = 32, Seeds = 5;
    private static readonly int[] Costs = [100, 300, 1000];

    private static readonly (string name, Func<IEnumerable<Parameter>, LineSearchOptimizer> make)[] Ours =
    [
        ("WolfeLBFGS", p => optim.WolfeLBFGS(p, tolerance_grad: 0, tolerance_change: 0)),
        ("WolfeLBFGS, history 10", p => optim.WolfeLBFGS(p, history: 10, tolerance_grad: 0, tolerance_change: 0)),
        ("ArmijoNewton", p => optim.ArmijoNewton(p, tolerance_grad: 0, tolerance_change: 0)),
        ("TrustRegionNewton", p => optim.TrustRegionNewton(p, tolerance_grad: 0, tolerance_change: 0)),
        ("ArmijoGD, Grow, momentum 0.9", p => optim.ArmijoGD(
            p, first_trial: FirstTrial.Grow, momentum: 0.9, tolerance_grad: 0, tolerance_change: 0)),
        ("ArmijoGD, BB, history 10", p => optim.ArmijoGD(
            p, first_trial: FirstTrial.BarzilaiBorwein, history: 10, max_step: 1e10, tolerance_grad: 0, tolerance_change: 0)),
        ("ArmijoGD", p => optim.ArmijoGD(p, tolerance_grad: 0, tolerance_change: 0)),
    ];

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string folder = Directory.CreateTempSubdirectory("linesearch").FullName;
    private readonly Tensor images, labels;

    private NetworkRun()
    {
        var train = FashionMnist.Load(null, Console.Error).Train;
        images = tensor(train.Pixels[..(Images * FashionMnist.PixelsPerImage)]).to_type(ScalarType.Float32).div_(255f)
            .reshape(Images, FashionMnist.PixelsPerImage);
        labels = tensor(Array.ConvertAll(train.Labels[..Images], label => (long)label));
        Save(images, "images");
        Save(labels, "labels");
    }

    public static void Write()
    {
        using var run = new NetworkRun();
        Console.WriteLine($"| loss at cost | {string.Join(" | ", Activations.Keys.SelectMany(a => Costs.Select(cost => $"{a} {cost}")))} |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("--:|", Activations.Count * Costs.Length))}");
        var theirs = run.Theirs().ToList();
        var ours = Ours.Select(method => (method.name, (Func<string, int, double[]>)((a, seed) => run.Minimize(a, seed, method.make))))
            .Append(("TorchSharp LBFGS", (a, seed) => run.TorchSharps(a, seed)));
        foreach (var (name, minimize) in ours)
            Row(name, Activations.Keys.ToDictionary(a => a, a => Enumerable.Range(0, Seeds).Select(seed => minimize(a, seed)).ToList()));
        foreach (var method in theirs.GroupBy(line => line.method))
            Row(method.Key, method.GroupBy(line => line.activation).ToDictionary(g => g.Key, g => g.Select(line => line.losses).ToList()));
    }

    public void Dispose()
    {
        scope.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static Dictionary<string, Func<nn.Module<Tensor, Tensor>>> Activations { get; } =
        new() { ["relu"] = () => nn.ReLU(), ["tanh"] = () => nn.Tanh() };

    private static void Row(string name, Dictionary<string, List<double[]>> losses) =>
        Console.WriteLine($"| {name} | {string.Join(" | ", Activations.Keys.SelectMany(a => Costs.Select((_, k) =>
            Median([.. losses[a].Select(run => run[k])]).ToString("G2", CultureInfo.InvariantCulture))))} |");

    private static double Median(double[] numbers) => numbers.Order().ElementAt(numbers.Length / 2);

    private double[] Minimize(string activation, int seed, Func<IEnumerable<Parameter>, LineSearchOptimizer> make)
    {
        using var inner = NewDisposeScope();
        var model = Model(activation, seed);
        using var curve = new Curve();
        using var optimizer = make(model.parameters());
        try
        {
            optimizer.minimize(() => nn.functional.cross_entropy(model.forward(images), labels), 10_000, curve, curve.Spent);
        }
        catch (OperationCanceledException)
        {
            // all is spent
        }
        return curve.At(Costs);
    }

    // Its steps of length lr: it has no line search.
    private double[] TorchSharps(string activation, int seed)
    {
        using var inner = NewDisposeScope();
        var model = Model(activation, seed);
        using var curve = new Curve();
        using var optimizer = optim.LBFGS(model.parameters(), lr: 1, max_iter: 330, max_eval: 330, tolerange_grad: 0, tolerance_change: 0);
        optimizer.step(() =>
        {
            using var call = NewDisposeScope();
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(model.forward(images), labels);
            loss.backward();
            curve.Add(3, loss.ToDouble());
            return loss.MoveToOuterDisposeScope();
        });
        return curve.At(Costs);
    }

    private static nn.Module<Tensor, Tensor> Model(string activation, int seed)
    {
        manual_seed(seed);
        return nn.Sequential(nn.Linear(FashionMnist.PixelsPerImage, Hidden), Activations[activation](),
            nn.Linear(Hidden, FashionMnist.Classes));
    }

    private IEnumerable<(string method, string activation, double[] losses)> Theirs()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            using var inner = NewDisposeScope();
            Save(cat([.. Model("relu", seed).parameters().Select(p => p.detach().reshape(-1))]), $"weights{seed}");
        }
        var script = Path.Combine(AppContext.BaseDirectory, "LineSearch", "network.py");
        return Python.Lines(script, folder, Seeds.ToString(CultureInfo.InvariantCulture)).Select(cells => (cells[0], cells[1],
            Array.ConvertAll(cells[2..], cell => double.Parse(cell, CultureInfo.InvariantCulture))));
    }

    private void Save(Tensor tensor, string name) => File.WriteAllBytes(Path.Combine(folder, name), tensor.contiguous().bytes.ToArray());

    /// <summary>What was spent, and which loss was reached then.</summary>
    private sealed class Curve : IProgress<LineSearchStep>, IDisposable
    {
        private readonly List<(int cost, double loss)> points = [];
        private int cost;

        public CancellationToken Spent => cancel.Token;

        private readonly CancellationTokenSource cancel = new();

        public void Report(LineSearchStep value) =>
            Add(value.Evaluations + 2 * value.Gradients + 4 * value.HessianProducts, value.After);

        public void Add(int more, double loss)
        {
            cost += more;
            points.Add((cost, loss));
            if (cost > Costs[^1]) cancel.Cancel();
        }

        public void Dispose() => cancel.Dispose();

        public double[] At(int[] costs) => Array.ConvertAll(
            costs, most => points.Where(point => point.cost <= most).Select(point => point.loss).LastOrDefault(double.NaN));
    }
}
