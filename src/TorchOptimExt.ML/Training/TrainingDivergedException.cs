namespace TorchOptimExt.ML.Training;

/// <summary>
/// Thrown where the loss or a weight became NaN or infinite in training. The last checkpoint, where one is kept, is from before.
/// </summary>
public sealed class TrainingDivergedException : InvalidOperationException
{
    /// <summary>Creates an exception with a general message.</summary>
    public TrainingDivergedException() { }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What happened.</param>
    public TrainingDivergedException(string message) : base(message) { }

    /// <summary>Creates an exception with a message and its cause.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">The cause.</param>
    public TrainingDivergedException(string message, Exception innerException) : base(message, innerException) { }

    internal TrainingDivergedException(int epoch, int batch, double loss, double learningRate, Exception? cause = null)
        : base(FormattableString.Invariant($"The loss is {loss} in epoch {epoch}, batch {batch}, at learning rate {learningRate}. ")
            + "Try a smaller learning rate, MaxGradientNorm, or normalized features.", cause)
        => (Epoch, Batch, LearningRate) = (epoch, batch, learningRate);

    /// <summary>The epoch in which it was seen, counted from 1.</summary>
    public int Epoch { get; }

    /// <summary>The batch within the epoch, counted from 1.</summary>
    public int Batch { get; }

    /// <summary>The learning rate of the first parameter group at that time.</summary>
    public double LearningRate { get; }
}
