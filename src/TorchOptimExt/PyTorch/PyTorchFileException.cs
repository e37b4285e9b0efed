namespace TorchOptimExt.PyTorch;

/// <summary>Thrown where a file of PyTorch's cannot be read: it is damaged, holds code or what TorchSharp has no type for, or is of another
/// model or optimizer. Nothing was changed or run.</summary>
public sealed class PyTorchFileException : Exception
{
    /// <summary>Creates an exception with a general message.</summary>
    public PyTorchFileException() { }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">Which file, and what is wrong with it.</param>
    public PyTorchFileException(string message) : base(message) { }

    /// <summary>Creates an exception with a message and its cause.</summary>
    /// <param name="message">Which file, and what is wrong with it.</param>
    /// <param name="innerException">The cause, or null.</param>
    public PyTorchFileException(string message, Exception? innerException) : base(message, innerException) { }
}
