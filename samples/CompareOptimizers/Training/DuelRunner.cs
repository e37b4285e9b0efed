using CompareOptimizers.Progress;
using CompareOptimizers.Registry;

namespace CompareOptimizers.Training;

/// <summary>How the trainings go.</summary>
/// <param name="Model">One of <see cref="Models.Names"/>.</param>
/// <param name="Epochs">Passes over the training examples with mini-batches.</param>
/// <param name="BatchSize">Examples in a mini-batch.</param>
/// <param name="FullBatch">Examples in a full batch.</param>
/// <param name="FullBatchSteps">Steps with full batches.</param>
/// <param name="Seed">Of the initial weights and the order of the examples.</param>
internal sealed record TrainingPlan(string Model, int Epochs, int BatchSize, int FullBatch, int FullBatchSteps, int Seed);

/// <summary>Trains a model with an optimizer and its reference, from the same weights and with the same batches, by turns.</summary>
internal sealed class DuelRunner(Problem problem, TrainingPlan plan, IDuelObserver observer, CancellationToken cancel)
{
    private const int LossSamples = 80;
    private const int ScoreSamples = 20;
    private const int LossExamples = 2000;
    private const int FinalLossExamples = 10_000;

    public Duel Run(Contender contender)
    {
        var full = contender.Batching == Batching.FullBatch;
        var examples = full ? problem.Train.First(plan.FullBatch) : problem.Train;
        var batches = new Batches(examples.Count, full ? examples.Count : plan.BatchSize, plan.Seed);
        var epochs = full ? contender.Steps ?? plan.FullBatchSteps : plan.Epochs;
        using var ours = Create(contender.Make, contender.Lr, contender.Closure);
        using var reference = contender.Reference is null ? null : Create(contender.Reference.Make, contender.Lr, Closure.CallsBackward);
        var record = new DuelRecord(new Duel(contender, problem.Objective), ours, reference, examples.First(LossExamples), problem.Test);

        var steps = epochs * batches.PerEpoch;
        observer.Started(contender, steps);
        record.SampleLoss(0);
        record.SampleScore(0);
        observer.Evaluated(record.Duel, 0, steps);
        Train(record, examples, batches, epochs);
        var duel = record.Finish(examples.First(FinalLossExamples));
        observer.Ended(duel);
        return duel;
    }

    private Trainee Create(Make make, double lr, Closure closure) =>
        new(Models.Create(plan.Model, problem, plan.Seed), problem.Objective, parameters => make(parameters, lr), closure);

    private void Train(DuelRecord record, Examples examples, Batches batches, int epochs)
    {
        var steps = epochs * batches.PerEpoch;
        var (lossEvery, scoreEvery) = (Math.Max(1, steps / LossSamples), Math.Max(1, steps / ScoreSamples));
        for (var epoch = 1; epoch <= epochs; epoch++)
            foreach (var rows in batches.NextEpoch())
            {
                if (!record.Step(examples, rows, cancel))
                    return;
                var done = (double)record.Steps / batches.PerEpoch;
                if (record.Steps % lossEvery == 0 || record.Steps == steps)
                    record.SampleLoss(done);
                observer.Stepped(record.Duel, record.Steps);
                if (record.Steps % scoreEvery != 0 && record.Steps != steps)
                    continue;
                record.SampleScore(done);
                observer.Evaluated(record.Duel, record.Steps, steps);
            }
    }
}
