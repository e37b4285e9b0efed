namespace TorchOptimExt.Mpi;

/// <summary>The ranks do not do the same, or the MPI library reports an error.</summary>
/// <param name="message">What is wrong.</param>
public sealed class MpiException(string message) : Exception(message);
