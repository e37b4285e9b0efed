using CompareOptimizers.Registry;
using CompareOptimizers.Training;
using static TorchSharp.torch;

namespace CompareOptimizers.CaseStudy;

/// <summary>Trains the convolutional network by a recipe and watches its test accuracy.</summary>
internal sealed class RiseRunner(Problem problem, int epochs, int batchSize, int seed, CancellationToken cancel)
{
    private const int SamplesPerEpoch = 4;

    public Rise Run(Recipe recipe, Action<Sample> observe)
    {
        using var trainee = new Trainee(Models.Create(recipe.Model, problem, seed), problem.Objective, recipe.Optimizer, Closure.CallsBackward);
        var schedule = recipe.Schedule?.Invoke(trainee.Optimizer, epochs);
        var batches = new Batches(problem.Train.Count, batchSize, seed);
        var accuracy = new List<Sample>();
        for (var epoch = 0; epoch < epochs && !cancel.IsCancellationRequested; epoch++)
        {
            foreach (var sample in Epoch(trainee, batches))
            {
                accuracy.Add(sample);
                observe(sample);
            }
            schedule?.step();
        }
        return new(recipe, accuracy);
    }

    private IEnumerable<Sample> Epoch(Trainee trainee, Batches batches)
    {
        var every = Math.Max(1, batches.PerEpoch / SamplesPerEpoch);
        foreach (var rows in batches.NextEpoch())
        {
            if (cancel.IsCancellationRequested)
                yield break;
            Step(trainee, rows);
            if (trainee.Steps % every == 0)
                yield return new((double)trainee.Steps / batches.PerEpoch, trainee.Steps, trainee.Seconds, trainee.Evaluate(problem.Test).score);
        }
    }

    private void Step(Trainee trainee, long[] rows)
    {
        using var scope = NewDisposeScope();
        trainee.Step(problem.Train.Rows(rows));
    }
}
