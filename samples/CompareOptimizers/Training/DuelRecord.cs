using CompareOptimizers.Registry;
using static TorchSharp.torch;

namespace CompareOptimizers.Training;

/// <summary>Steps both sides of a duel by turns and writes down how they do.</summary>
internal sealed class DuelRecord(Duel duel, Trainee ours, Trainee? reference, Examples train, Examples test)
{
    private readonly Side[] sides = reference is null ? [new(ours, duel.Ours)] : [new(ours, duel.Ours), new(reference, duel.Reference!)];

    public Duel Duel => duel;
    public int Steps => ours.Steps;

    /// <summary>One step of each on these rows. Returns false where the training is over: interrupted, or the loss is not finite.</summary>
    public bool Step(Examples examples, long[] rows, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
            duel.EndedEarly = "interrupted";
        if (duel.EndedEarly is not null)
            return false;
        using var scope = NewDisposeScope();
        var batch = examples.Rows(rows);
        var first = Steps % 2; // neither always finds the other's data in the cache
        for (var i = 0; i < sides.Length; i++)
            sides[(first + i) % sides.Length].Step(batch);
        if (sides.Any(side => side.HasDiverged))
            duel.EndedEarly = "the loss is not finite";
        return true;
    }

    public void SampleLoss(double epochs)
    {
        foreach (var side in sides)
            side.SampleLoss(epochs, train);
        if (reference is not null)
            duel.Difference.Add(new(epochs, Steps, ours.Seconds, ours.LargestDifference(reference)));
    }

    public void SampleScore(double epochs)
    {
        foreach (var side in sides)
            side.SampleScore(epochs, test);
    }

    public Duel Finish(Examples train)
    {
        foreach (var side in sides)
            side.Finish(train, wholeSteps: duel.Contender.Closure == Closure.ReturnsLoss);
        return duel;
    }

    /// <summary>One of the two.</summary>
    private sealed class Side(Trainee trainee, Course course)
    {
        public bool HasDiverged { get; private set; }

        public void Step(Examples batch) => HasDiverged |= !double.IsFinite(trainee.Step(batch));

        public void SampleLoss(double epochs, Examples train) => course.Loss.Add(Sample(epochs, trainee.Evaluate(train).loss));

        public void SampleScore(double epochs, Examples test) => course.Score.Add(Sample(epochs, trainee.Evaluate(test).score));

        public void Finish(Examples train, bool wholeSteps)
        {
            course.Steps = trainee.Steps;
            course.StepMilliseconds = wholeSteps ? trainee.StepMilliseconds : trainee.OptimizerMilliseconds;
            course.FinalLoss = trainee.Evaluate(train).loss;
        }

        private Sample Sample(double epochs, double value) => new(epochs, trainee.Steps, trainee.Seconds, value);
    }
}
