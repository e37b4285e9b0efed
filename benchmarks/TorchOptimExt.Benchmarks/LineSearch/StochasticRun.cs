using System.Globalization;
using Datasets;
using TorchOptimExt.LineSearch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchOptimExt.Benchmarks.LineSearch;

/// <summary>
/// Trains on mini-batches of Fashion-MNIST with ArmijoGD, whose step size nobody tunes, and with SGD at five learning rates:
/// mean test accuracy over three seeds after the same number of epochs.
/// </summary>
internal sealed class StochasticRun
{
    private const int BatchSize = 512;
    private static readonly int[] Seeds = [0, 1, 2];

    private static readonly (string name, Func<IEnumerable<Parameter>, OptimizerHelper> make)[] Optimizers =
    [
        ("ArmijoGD(first_trial: Grow)", p => optim.ArmijoGD(p, first_trial: FirstTrial.Grow)),
        ("ArmijoGD(first_trial: Grow, momentum: 0.9)", p => optim.ArmijoGD(p, first_trial: FirstTrial.Grow, momentum: 0.9)),
        .. new[] { 1, 0.3, 0.1, 0.03, 0.01 }.Select(lr => ($"SGD(lr: {lr.ToString(CultureInfo.InvariantCulture)})", (Func<IEnumerable<Parameter>, OptimizerHelper>)(p => optim.SGD(p, lr)))),
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
        Console.WriteLine("| model | optimizer | test accuracy, mean | each seed | forward passes a step |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (model, module) in Models)
            foreach (var (optimizer, make) in Optimizers)
            {
                var results = Seeds.Select(seed => run.Train(module, make, seed, epochs)).ToArray();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {model} | `{optimizer}` | {results.Average(r => r.accuracy):0.00} % | {string.Join(", ", results.Select(r => r.accuracy.ToString("0.00", CultureInfo.InvariantCulture)))} | {results.Average(r => r.passes):0.00} |"));
            }
    }

    private (double accuracy, double passes) Train(Func<Module<Tensor, Tensor>> module, Func<IEnumerable<Parameter>, OptimizerHelper> make, int seed, int epochs)
    {
        using var scope = NewDisposeScope();
        manual_seed(seed);
        var model = module();
        using var optimizer = make(model.parameters());
        var random = new Random(seed);
        var order = Enumerable.Range(0, (int)labels.shape[0]).Select(i => (long)i).ToArray();
        var (passes, steps) = (0, 0);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            random.Shuffle(order);
            for (var start = 0; start + BatchSize <= order.Length; start += BatchSize, steps++)
                passes += Step(model, optimizer, order[start..(start + BatchSize)]);
        }
        return (Accuracy(model), (double)passes / steps);
    }

    private int Step(Module<Tensor, Tensor> model, OptimizerHelper optimizer, long[] rows)
    {
        using var scope = NewDisposeScope();
        var index = tensor(rows);
        var (x, y, passes) = (images.index_select(0, index), labels.index_select(0, index), 0);
        var searches = optimizer is ArmijoGD;
        optimizer.zero_grad();
        optimizer.step(() =>
        {
            passes++;
            var loss = nn.functional.cross_entropy(model.forward(x), y);
            if (!searches) loss.backward();
            return loss;
        });
        return passes;
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
}
