using System.Globalization;
using System.Text;
using TorchOptimExt.Mpi.Binding;

namespace TorchOptimExt.Mpi;

/// <summary>
/// All ranks of a run. What its methods do, all ranks do together, in the same order: each asks first whether the others do the same, so
/// that a rank that ends early or does something else is an error on all, not a hang.
/// </summary>
/// <remarks>An exception that nobody catches on one rank is written with the rank's number, and ends all of them with its exit
/// code.</remarks>
public sealed unsafe class World : IDisposable
{
    private const double Leaving = 1;
    private static readonly TimeSpan TimeToBeEnded = TimeSpan.FromSeconds(5);

    // A launcher may throw away what it has not read when it ends the ranks: what was just written on the standard error.
    private static readonly TimeSpan TimeToBeHeard = TimeSpan.FromMilliseconds(500);

    private readonly MpiLibrary mpi;
    private readonly object gate = new();
    private bool left;

    internal World(MpiLibrary mpi)
    {
        this.mpi = mpi;
        int already, provided;
        ((delegate* unmanaged[Cdecl]<int*, int>)mpi.Export("MPI_Initialized"))(&already);
        if (already != 0) throw new MpiException("This process has joined its world before: MPI can be started once in a process.");
        Succeed(((delegate* unmanaged[Cdecl]<int*, byte***, int, int*, int>)mpi.Export("MPI_Init_thread"))(null, null, 2, &provided));
        int rank, size;
        Succeed(((delegate* unmanaged[Cdecl]<nint, int*, int>)mpi.Export("MPI_Comm_rank"))(mpi.World, &rank));
        Succeed(((delegate* unmanaged[Cdecl]<nint, int*, int>)mpi.Export("MPI_Comm_size"))(mpi.World, &size));
        (Rank, Size) = (rank, size);
        AppDomain.CurrentDomain.UnhandledException += (_, e) => Abort((e.ExceptionObject as Exception)!);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => { if (!left) Abort(Environment.ExitCode); };
        CheckLauncher();
    }

    /// <summary>The number of this process, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many processes there are.</summary>
    public int Size { get; }

    /// <summary>What the MPI library says of itself.</summary>
    public string Library => mpi.Version;

    /// <summary>Sums numbers over all ranks, in place: losses, metrics, counts.</summary>
    /// <param name="values">As many on each rank; every rank gets the same sums.</param>
    /// <exception cref="MpiException">Another rank does something else.</exception>
    public void Sum(Span<double> values)
    {
        Agree("sums numbers", values.Length);
        fixed (double* at = values) Reduce((nint)at, values.Length, mpi.Double, mpi.Sum);
    }

    /// <summary>Sums a number over all ranks.</summary>
    /// <param name="value">This rank's.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="MpiException">Another rank does something else.</exception>
    public double Sum(double value)
    {
        Sum(new Span<double>(ref value));
        return value;
    }

    /// <summary>Waits until all ranks are here.</summary>
    /// <exception cref="MpiException">Another rank does something else.</exception>
    public void Barrier() => Agree("waits", 0);

    /// <summary>Gives all ranks the bytes of rank 0.</summary>
    /// <param name="bytes">Those of rank 0; what other ranks give does not matter.</param>
    /// <returns>The bytes of rank 0.</returns>
    /// <exception cref="MpiException">Another rank does something else.</exception>
    public byte[] Broadcast(byte[]? bytes)
    {
        var length = Rank == 0 ? (bytes ?? throw new ArgumentNullException(nameof(bytes))).Length : 0.0;
        length = Sum(length);
        if (Rank > 0) bytes = new byte[(int)length];
        fixed (byte* at = bytes) BroadcastMemory((nint)at, bytes!.Length);
        return bytes;
    }

    /// <summary>Ends all ranks at once: writes the message to the standard error and lets every process exit with this code.</summary>
    /// <param name="exitCode">The exit code; 0 becomes 1.</param>
    public void Abort(int exitCode)
    {
        left = true;
        Thread.Sleep(TimeToBeHeard);
        ((delegate* unmanaged[Cdecl]<nint, int, int>)mpi.Export("MPI_Abort"))(mpi.World, exitCode == 0 ? 1 : exitCode);
    }

    /// <summary>Leaves the world together with all other ranks.</summary>
    /// <remarks>Where another rank still works, because this one is on its way out with an exception, nothing is awaited: the process's
    /// exit code ends all.</remarks>
    public void Dispose()
    {
        if (left) return;
        try
        {
            Agree("leaves", Leaving);
        }
        catch (MpiException)
        {
            return;
        }
        left = true;
        ((delegate* unmanaged[Cdecl]<int>)mpi.Export("MPI_Finalize"))();
    }

    /// <summary>Adds up memory of all ranks in place; what is agreed on before.</summary>
    internal void SumMemory(nint address, long count, bool isDouble)
    {
        const int Most = 1 << 28;
        for (long done = 0; done < count; done += Most)
            Reduce(address + (nint)(done * (isDouble ? 8 : 4)), (int)Math.Min(Most, count - done), isDouble ? mpi.Double
                : mpi.Float, mpi.Sum);
    }

    /// <summary>Gives all ranks the memory of rank 0; what is agreed on before.</summary>
    internal void BroadcastMemory(nint address, long bytes)
    {
        const int Most = 1 << 30;
        for (long done = 0; done < bytes; done += Most)
            lock (gate)
                Succeed(((delegate* unmanaged[Cdecl]<nint, int, nint, int, nint, int>)mpi.Export("MPI_Bcast"))(
                    address + (nint)done, (int)Math.Min(Most, bytes - done), mpi.Byte, 0, mpi.World));
    }

    /// <summary>Takes the largest of each number over all ranks, in place; what is agreed on before.</summary>
    internal void Max(Span<double> values)
    {
        fixed (double* at = values) Reduce((nint)at, values.Length, mpi.Double, mpi.Max);
    }

    /// <summary>Goes on where all ranks are about to do the same with the same number.</summary>
    /// <exception cref="MpiException">They are not.</exception>
    internal void Agree(string action, double number)
    {
        ObjectDisposedException.ThrowIf(left, this);
        double kind = Hash(action), leaves = action == "leaves" ? 1 : 0;
        Span<double> extremes = [kind, -kind, number, -number, leaves];
        Max(extremes);
        if (extremes[0] == -extremes[1] && extremes[2] == -extremes[3]) return;
        if (leaves == 0 && extremes[4] == 1) Thread.Sleep(TimeToBeEnded);       // the other one knows why it leaves, and ends all
        throw new MpiException($"Rank {Rank} {action} ({number.ToString(CultureInfo.InvariantCulture)}) where another "
            + (extremes[4] == 1 ? "has left." : "does something else: do all ranks run the same program with the same model?"));
    }

    /// <summary>A number that is the same in every process, exact as a float64.</summary>
    internal static double Hash(string text)
    {
        var hash = System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return BitConverter.ToUInt64(hash) >> 11;
    }

    private void Abort(Exception exception)
    {
        Console.Error.WriteLine($"Rank {Rank} of {Size} ends all: {exception}");
        Console.Error.Flush();
        Abort(Environment.ExitCode);
    }

    private void Reduce(nint address, int count, nint type, nint operation)
    {
        lock (gate)
            Succeed(((delegate* unmanaged[Cdecl]<nint, nint, int, nint, nint, nint, int>)mpi.Export("MPI_Allreduce"))(
                mpi.InPlace, address, count, type, operation, mpi.World));
    }

    private void CheckLauncher()
    {
        var launched = Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") ?? Environment.GetEnvironmentVariable("PMI_SIZE");
        if (launched is null || launched == Size.ToString(CultureInfo.InvariantCulture)) return;
        left = true;
        throw new MpiException($"{launched} processes were started, but this one is alone with {Library}: that is not the library of " +
            "the mpirun which started it.");
    }

    private void Succeed(int code)
    {
        if (code != 0) throw new MpiException($"{Library}: error {code}.");
    }
}
