namespace CompareOptimizers.Training;

/// <summary>What was measured after a number of steps.</summary>
internal readonly record struct Sample(double Epochs, int Steps, double Seconds, double Value);

/// <summary>How a training went.</summary>
internal sealed class Course
{
    /// <summary>The loss on some of the training examples, the same each time.</summary>
    public List<Sample> Loss { get; } = [];

    /// <summary>How well the test examples are told: <see cref="Objective.Score"/>.</summary>
    public List<Sample> Score { get; } = [];

    public int Steps { get; set; }

    /// <summary>Median milliseconds of a step: outside of its closure, or of all of it where the optimizer decides how often to evaluate the closure.</summary>
    public double StepMilliseconds { get; set; }

    /// <summary>Loss on training examples at the end.</summary>
    public double FinalLoss { get; set; } = double.NaN;

    public double TestScore => Score.Count == 0 ? double.NaN : Score[^1].Value;
}
