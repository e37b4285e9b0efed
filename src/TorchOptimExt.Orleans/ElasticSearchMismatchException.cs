namespace TorchOptimExt.Orleans;

/// <summary>A silo or client that speaks another version, or searches over another model, was refused.</summary>
[GenerateSerializer]
[Alias("TorchOptimExt.Orleans.ElasticSearchMismatchException")]
public sealed class ElasticSearchMismatchException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public ElasticSearchMismatchException() { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What differs.</param>
    public ElasticSearchMismatchException(string message) : base(message) { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What differs.</param>
    /// <param name="inner">What led to it.</param>
    public ElasticSearchMismatchException(string message, Exception inner) : base(message, inner) { }
}
