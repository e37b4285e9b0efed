using CompareOptimizers.Registry;
using CompareOptimizers.Training;
using TorchOptimExt;
using static TorchSharp.torch;

namespace CompareOptimizers.BatchSizes;

/// <summary>Trains the same model on the same images by plain gradient descent under each regime, for as many seconds.</summary>
internal sealed class FallRunner(Problem problem, int images, double seconds, int seed, CancellationToken cancel)
{
    private const double FirstSample = 0.01; // seconds of training before the first sample
    private const double BetweenSamples = 1.15; // each sample after this many times the seconds of the one before

    private readonly Examples train = problem.Train.First(images);

    public Fall Run(Regime regime)
    {
        using var trainee = new Trainee(Models.Create(Models.Perceptron, problem, seed), problem.Objective, parameters => optim.fused.SGD(parameters, regime.Lr), Closure.CallsBackward);
        var batches = new Batches(train.Count, regime.BatchSize ?? train.Count, seed);
        var loss = new List<Sample> { Measure(trainee, 0) };
        var next = FirstSample;
        foreach (var rows in Endless(batches))
        {
            if (cancel.IsCancellationRequested || trainee.Seconds >= seconds)
                break;
            using var scope = NewDisposeScope();
            trainee.Step(train.Rows(rows));
            if (trainee.Seconds < next)
                continue;
            loss.Add(Measure(trainee, (double)trainee.Steps / batches.PerEpoch));
            next = BetweenSamples * trainee.Seconds;
        }
        return new(regime, loss, trainee.Evaluate(problem.Test).score);
    }

    private Sample Measure(Trainee trainee, double epochs) => new(epochs, trainee.Steps, trainee.Seconds, trainee.Evaluate(train).loss);

    private static IEnumerable<long[]> Endless(Batches batches)
    {
        while (true)
            foreach (var rows in batches.NextEpoch())
                yield return rows;
    }
}
