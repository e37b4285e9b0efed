using System.Globalization;
using CompareOptimizers.Progress;
using CompareOptimizers.Registry;

namespace CompareOptimizers.Training;

/// <summary>What a learning rate led to.</summary>
internal readonly record struct Trial(double Lr, double FinalLoss, double TestScore);

/// <summary>An optimizer trained with several learning rates.</summary>
/// <param name="Contender">The optimizer.</param>
/// <param name="Trials">From the smallest learning rate.</param>
internal sealed record Sweep(Contender Contender, IReadOnlyList<Trial> Trials)
{
    /// <summary>The learning rate that led to the lowest loss on the training examples; the optimizer's own where all diverged.</summary>
    public double BestLr => Trials.Where(trial => double.IsFinite(trial.FinalLoss)).OrderBy(trial => trial.FinalLoss).Select(trial => (double?)trial.Lr).FirstOrDefault() ?? Contender.Lr;

    /// <summary>The learning rates from one to another: both, and those between by half decades.</summary>
    public static double[] Rates(double from, double to)
    {
        var steps = Math.Max(1, (int)Math.Round(2 * Math.Log10(to / from)));
        return from == to ? [from] : [.. Enumerable.Range(0, steps + 1).Select(i => double.Parse((from * Math.Pow(to / from, (double)i / steps)).ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))];
    }

    /// <summary>Trains the optimizer alone with each learning rate; with fewer where interrupted.</summary>
    public static Sweep Run(Contender contender, IEnumerable<double> rates, Problem problem, TrainingPlan plan, IDuelObserver observer, CancellationToken cancel)
    {
        var runner = new DuelRunner(problem, plan, observer, cancel);
        var trials = new List<Trial>();
        foreach (var lr in rates.TakeWhile(_ => !cancel.IsCancellationRequested))
        {
            var course = runner.Run(contender with { Lr = lr, Reference = null }).Ours;
            if (!cancel.IsCancellationRequested) trials.Add(new(lr, course.FinalLoss, course.TestScore));
        }
        return new(contender, trials);
    }
}
