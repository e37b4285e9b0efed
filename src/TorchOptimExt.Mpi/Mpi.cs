using TorchOptimExt.Mpi.Binding;

namespace TorchOptimExt.Mpi;

/// <summary>The processes that <c>mpirun</c> or <c>mpiexec</c> started together.</summary>
public static class Mpi
{
    /// <summary>Joins the other ranks: the same program, started several times by <c>mpirun</c>. Without it, this process is the only
    /// rank.</summary>
    /// <param name="library">The MPI library's file; null takes that of the MPI which started the process: Open MPI, MPICH, or (untried)
    /// Microsoft MPI.</param>
    /// <returns>The ranks; dispose it at the end of the program, once for each process.</returns>
    /// <exception cref="DllNotFoundException">No MPI library is installed, or <paramref name="library"/> cannot be loaded.</exception>
    /// <exception cref="MpiException">The library is not that of the MPI which started the process, or it was joined before.</exception>
    public static World World(string? library = null) => new(MpiLibrary.Load(library));
}
