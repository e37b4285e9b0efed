namespace TorchOptimExt.Mpi.Tests;

/// <summary>A test for each MPI, skipped with a line where none is installed.</summary>
public sealed class MpiTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks for both launchers.</summary>
    public MpiTheoryAttribute() => Skip = Launcher.Missing("mpirun.openmpi") ?? Launcher.Missing("mpiexec.mpich");
}
