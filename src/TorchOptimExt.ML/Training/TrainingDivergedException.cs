namespace TorchOptimExt.ML;

/// <summary>The loss became NaN or infinite. The last checkpoint, where one is kept, is from before.</summary>
public sealed class TrainingDivergedException : InvalidOperationException
{
    /// <summary>Without details.</summary>
    public TrainingDivergedException() { }

    /// <summary>With a message.</summary>
    public TrainingDivergedException(string message) : base(message) { }

    /// <summary>With a message and a cause.</summary>
    public TrainingDivergedException(string message, Exception innerException) : base(message, innerException) { }

    internal TrainingDivergedException(int epoch, int batch, double loss, double learningRate, Exception? cause = null)
        : base(FormattableString.Invariant($"The loss is {loss} in epoch {epoch}, batch {batch}, at learning rate {learningRate}. Try a smaller learning rate, MaxGradientNorm, or normalized features."), cause)
        => (Epoch, Batch, LearningRate) = (epoch, batch, learningRate);

    /// <summary>The epoch, counted from 1.</summary>
    public int Epoch { get; }

    /// <summary>The batch within it, counted from 1.</summary>
    public int Batch { get; }

    /// <summary>The learning rate of the first parameter group.</summary>
    public double LearningRate { get; }
}
