namespace TorchOptimExt;

/// <summary>A checkpoint that cannot be loaded: it is damaged, of another version, or of another model, optimizer or schedule. Nothing was changed.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>An exception without a message of its own.</summary>
    public CheckpointException() { }

    /// <summary>An exception with a message.</summary>
    /// <param name="message">Which file, and what is wrong with it.</param>
    public CheckpointException(string message) : base(message) { }

    /// <summary>An exception with a message and its cause.</summary>
    /// <param name="message">Which file, and what is wrong with it.</param>
    /// <param name="innerException">The cause.</param>
    public CheckpointException(string message, Exception? innerException) : base(message, innerException) { }
}
