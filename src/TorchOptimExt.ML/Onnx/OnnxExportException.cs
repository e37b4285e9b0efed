namespace TorchOptimExt.ML.Onnx;

/// <summary>A model or pipeline has a part that cannot be written as ONNX; the message and <see cref="Part"/> name it.</summary>
public sealed class OnnxExportException : NotSupportedException
{
    /// <summary>Makes the exception of an unknown part.</summary>
    public OnnxExportException() : this("The model cannot be written as ONNX.") { }

    /// <summary>Makes the exception of an unknown part.</summary>
    /// <param name="message">What cannot be written, and why.</param>
    public OnnxExportException(string message) : this(message, null) { }

    /// <summary>Makes the exception of an unknown part.</summary>
    /// <param name="message">What cannot be written, and why.</param>
    /// <param name="innerException">What it failed with; null for nothing.</param>
    public OnnxExportException(string message, Exception? innerException) : base(message, innerException) { }

    internal OnnxExportException(string part, string message, Exception? innerException = null) : this(message, innerException) =>
        Part = part;

    /// <summary>
    /// The layer, by its place in the module and its type, as in "3.conv (ConvTranspose3d)", or the step of the pipeline, by its type;
    /// empty where it is no single one.
    /// </summary>
    public string Part { get; } = "";
}
