namespace TorchOptimExt.Checkpointing;

/// <summary>Thrown where a checkpoint cannot be loaded: it is damaged, of another version, or of another model, optimizer or schedule.
/// Nothing was changed.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Creates an exception with a general message.</summary>
    public CheckpointException() { }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">Which file, and what is wrong with it.</param>
    public CheckpointException(string message) : base(message) { }

    /// <summary>Creates an exception with a message and its cause.</summary>
    /// <param name="message">Which file, and what is wrong with it.</param>
    /// <param name="innerException">The cause, or null.</param>
    public CheckpointException(string message, Exception? innerException) : base(message, innerException) { }
}
