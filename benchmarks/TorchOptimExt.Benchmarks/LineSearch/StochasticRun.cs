using System.Diagnostics;
using System.Globalization;
using Datasets;
using TorchOptimExt.LineSearch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchOptimExt.Benchmarks.LineSearch;

/// <summary>
/// Trains on mini-batches of Fashion-MNIST with ArmijoGD and WolfeLBFGS, whose step size nobody tunes, and with SGD and Adam at five
/// learning rates each: mean test accuracy over three seeds after the same number of epochs, that of the moving average of the weights, and
/// what a step costs.
/// </summary>
internal sealed class StochasticRun
{
    private const int BatchSize = 512;
    private const double Decay = 0.99;      // of the averaged weights
    private static readonly int[] Seeds = [0, 1, 2];

    private static readonly (string name, Func<IEnumerable<Parameter>, OptimizerHelper> make)[] Optimizers =
    [
        ("ArmijoGD(first_trial: Grow)", p => optim.ArmijoGD(p, first_trial: FirstTrial.Grow)),
        ("ArmijoGD(first_trial: Grow, momentum: 0.9)", p => optim.ArmijoGD(p, first_trial: FirstTrial.Grow, momentum: 0.9)),
        ("ArmijoGD(first_trial: Grow, momentum: 0.9, c: 0.1)", p => optim.ArmijoGD(p, first_trial: FirstTrial.Grow, momentum: 0.9, c: 0.1)),
        ("WolfeLBFGS(history: 10)", p => optim.WolfeLBFGS(p, history: 10)),
        ("WolfeLBFGS(history: 10, line_search: Armijo)", p => optim.WolfeLBFGS(p, history: 10, line_search: LineSearchKind.Armijo)),
        .. Rates("SGD", [1, 0.3, 0.1, 0.03, 0.01], (p, lr) => optim.SGD(p, lr)),
        .. Rates("Adam", [0.01, 0.003, 0.001, 0.0003, 0.0001], (p, lr) => optim.Adam(p, lr)),
    ];

    private static readonly (string name, Func<Module<Tensor, Tensor>> make)[] Models =
    [
        ("logistic regression", () => nn.Linear(FashionMnist.PixelsPerImage, FashionMnist.Classes)),
        ("MLP 784-128-10", () => nn.Sequential(nn.Linear(FashionMnist.PixelsPerImage, 128), nn.ReLU(), nn.Linear(128, FashionMnist.Classes))),
    ];

    private readonly Tensor images, labels, testImages, testLabels;

    private StochasticRun()
    {
        var data = FashionMnist.Load(null, Console.Error);
        (images, labels) = Tensors(data.Train);
        (testImages, testLabels) = Tensors(data.Test);
    }

    public static void Write(int epochs)
    {
        var run = new StochasticRun();
        Console.WriteLine("| model | optimizer | test accuracy, mean | each seed | averaged weights | forward / backward passes a step | seconds an epoch |");
        Console.WriteLine("|---|---|--:|---|--:|--:|--:|");
        foreach (var (model, module) in Models)
            foreach (var (optimizer, make) in Optimizers)
            {
                var results = Seeds.Select(seed => run.Train(module, make, seed, epochs)).ToArray();
                var each = results.Select(r => r.Accuracy.ToString("0.00", CultureInfo.InvariantCulture));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {model} | `{optimizer}` | " +
                    $"{results.Average(r => r.Accuracy):0.00} % | {string.Join(", ", each)} | {results.Average(r => r.Averaged):0.00} % | " +
                    $"{results.Average(r => r.Forward):0.00} / {results.Average(r => r.Backward):0.00} | {results.Average(r => r.Seconds) / epochs:0.0} |"));
            }
    }

    private static IEnumerable<(string, Func<IEnumerable<Parameter>, OptimizerHelper>)> Rates(string name, double[] rates,
        Func<IEnumerable<Parameter>, double, OptimizerHelper> make) =>
        rates.Select(lr => (string.Create(CultureInfo.InvariantCulture, $"{name}(lr: {lr})"),
            (Func<IEnumerable<Parameter>, OptimizerHelper>)(p => make(p, lr))));

    private Result Train(Func<Module<Tensor, Tensor>> module, Func<IEnumerable<Parameter>, OptimizerHelper> make, int seed, int epochs)
    {
        using var scope = NewDisposeScope();
        manual_seed(seed);
        var model = module();
        using var optimizer = make(model.parameters());
        using var average = new AveragedModel(model, Decay);
        var random = new Random(seed);
        var order = Enumerable.Range(0, (int)labels.shape[0]).Select(i => (long)i).ToArray();
        var (forward, backward, steps, began) = (0, 0, 0, Stopwatch.GetTimestamp());
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            random.Shuffle(order);
            for (var start = 0; start + BatchSize <= order.Length; start += BatchSize, steps++)
            {
                var passes = Step(model, optimizer, order[start..(start + BatchSize)]);
                average.update_parameters();
                (forward, backward) = (forward + passes.forward, backward + passes.backward);
            }
        }
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var accuracy = Accuracy(model);
        using var swapped = average.Swap();
        return new(accuracy, Accuracy(model), (double)forward / steps, (double)backward / steps, seconds);
    }

    private (int forward, int backward) Step(Module<Tensor, Tensor> model, OptimizerHelper optimizer, long[] rows)
    {
        using var scope = NewDisposeScope();
        var index = tensor(rows);
        var (x, y, passes) = (images.index_select(0, index), labels.index_select(0, index), 0);
        var searching = optimizer as LineSearchOptimizer;
        optimizer.zero_grad();
        optimizer.step(() =>
        {
            passes++;
            var loss = nn.functional.cross_entropy(model.forward(x), y);
            if (searching is null) loss.backward();
            return loss;
        });
        return (passes, searching?.LastStep?.Gradients ?? 1);
    }

    private double Accuracy(Module<Tensor, Tensor> model)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return 100 * model.forward(testImages).argmax(1).eq(testLabels).to_type(ScalarType.Float64).mean().ToDouble();
    }

    private static (Tensor images, Tensor labels) Tensors(LabelledImages data)
    {
        var pixels = tensor(data.Pixels).to_type(ScalarType.Float32).div_(255f).reshape(data.Count, FashionMnist.PixelsPerImage);
        return (pixels, tensor(Array.ConvertAll(data.Labels, label => (long)label)));
    }

    private sealed record Result(double Accuracy, double Averaged, double Forward, double Backward, double Seconds);
}
