using System.Runtime.InteropServices;
using System.Text;

namespace TorchOptimExt.Mpi.Binding;

/// <summary>An MPI library that was found at run time: its functions, and its handles, which are addresses of exported symbols in Open MPI
/// and integers in MPICH and Microsoft MPI.</summary>
internal sealed unsafe class MpiLibrary
{
    private readonly nint library;
    private readonly bool isOpenMpi;

    private MpiLibrary(nint library)
    {
        this.library = library;
        var text = stackalloc byte[8192];
        int length;
        ((delegate* unmanaged[Cdecl]<byte*, int*, int>)Export("MPI_Get_library_version"))(text, &length);
        Version = Encoding.UTF8.GetString(text, length).TrimEnd('\0', '\n', ' ');
        isOpenMpi = Version.Contains("Open MPI", StringComparison.Ordinal);
    }

    /// <summary>What the library says of itself.</summary>
    public string Version { get; }

    public nint World => Handle("ompi_mpi_comm_world", 0x44000000);

    public nint Float => Handle("ompi_mpi_float", 0x4c00040a);

    public nint Double => Handle("ompi_mpi_double", 0x4c00080b);

    public nint Byte => Handle("ompi_mpi_byte", 0x4c00010d);

    public nint Sum => Handle("ompi_mpi_op_sum", 0x58000003);

    public nint Max => Handle("ompi_mpi_op_max", 0x58000001);

    /// <summary>Stands for the send buffer where an operation works in place.</summary>
    public nint InPlace => isOpenMpi ? 1 : -1;

    /// <summary>The address of a function.</summary>
    public nint Export(string name) => NativeLibrary.GetExport(library, name);

    private nint Handle(string symbol, int number) => isOpenMpi ? NativeLibrary.GetExport(library, symbol) : number;

    /// <summary>Loads the library of the MPI that started this process.</summary>
    /// <param name="path">A library to load instead; null looks for the one that fits.</param>
    public static MpiLibrary Load(string? path)
    {
        string[] names = path is not null ? [path] : OperatingSystem.IsWindows() ? ["msmpi.dll"]
            : Has("OMPI_COMM_WORLD_SIZE") ? ["libmpi.so.40", "libmpi.so", "libmpi.dylib"]
            : Has("PMI_SIZE") ? ["libmpich.so.12", "libmpi.so.12", "libmpich.so", "libmpi.so", "libmpi.dylib"]
            : ["libmpi.so.40", "libmpich.so.12", "libmpi.so.12", "libmpi.so", "libmpi.dylib"];
        foreach (var name in names)
            if (NativeLibrary.TryLoad(name, out var library)) return new(library);
        throw new DllNotFoundException($"No MPI library was found ({string.Join(", ", names)}). Install one: apt-get install " +
            "openmpi-bin libopenmpi-dev, or apt-get install mpich.");
    }

    private static bool Has(string variable) => Environment.GetEnvironmentVariable(variable) is not null;
}
