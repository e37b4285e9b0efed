using System.CommandLine;
using System.Diagnostics;
using TorchOptimExt.Benchmarks.Steps;
using TorchOptimExt.Mpi;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.Ranks;

/// <summary><c>mpi</c>: a data-parallel step beside the plain one, and what more ranks would take by a model.</summary>
internal static class MpiCommand
{
    private const int Bucket = 25_000_000;

    public static Command Create()
    {
        var command = new Command("mpi", "A data-parallel step beside a plain one; start it with mpirun -n 2 (or more), a thread for each rank");
        command.SetAction(_ =>
        {
            using var world = TorchOptimExt.Mpi.Mpi.World();
            Measure(world);
        });
        return command;
    }

    private static void Measure(World world)
    {
        set_num_threads(1);
        var bandwidth = world.Rank == 0 ? CopyBandwidth.Measure() : 0;
        world.Barrier();
        var latency = Best(world, 200, world.Barrier) / 2;      // one small all-reduce is 2 (p - 1) messages of a ring
        var numbers = new double[Bucket / sizeof(double)];
        var transfer = Bucket / (Best(world, 20, () => world.Sum(numbers)) - 4 * latency);
        Say(world, $"{world.Size} ranks of one thread, {Library(world)}, fused Adam, float32; copies {bandwidth / 1e9:F1} GB/s");
        Say(world, $"all-reduce: latency {1e6 * latency:F1} us a message, {transfer / 1e9:F2} GB/s");
        Say(world, "parameters | plain step | all-reduce | together | passes of a copy");
        foreach (var parameters in (int[])[1_000_000, 10_000_000]) Steps(world, parameters, bandwidth);
        if (world.Rank == 0) Paper(latency, transfer);
    }

    private static void Steps(World world, int parameters, double bandwidth)
    {
        var (alone, together) = (Trained(parameters), Trained(parameters));
        var parallel = optim.DataParallel(together, world);
        var plain = Best(world, 20, () => alone.step());
        var all = Best(world, 20, () => parallel.step());
        Say(world, $"{parameters,10} | {1e3 * plain,7:F2} ms | {1e3 * (all - plain),7:F2} ms | {1e3 * all,5:F2} ms | {(all - plain) * bandwidth / (8.0 * parameters),4:F1}");
    }

    private static Fused.Adam Trained(int parameters)
    {
        var parameter = new Parameter(zeros(parameters)) { grad = ones(parameters) };
        return optim.fused.Adam([parameter]);
    }

    // A ring sends 2 (p - 1) messages of 1/p of a bucket.
    private static void Paper(double latency, double transfer)
    {
        (string name, double latency, double bytes)[] links =
            [("this machine, as measured", latency, transfer), ("10 Gbit/s, 20 us", 20e-6, 1.25e9), ("100 Gbit/s, 2 us", 2e-6, 12.5e9)];
        Console.WriteLine("by the model 2 (p - 1) (latency + bucket / (p bandwidth)) a bucket of 25 MB, 10,000,000 gradients (40 MB), in ms:");
        Console.WriteLine("ranks | " + string.Join(" | ", links.Select(link => link.name)));
        foreach (var p in (int[])[8, 64, 512])
        {
            var cells = links.Select(link => $"{1e3 * (Ring(link, p, Bucket) + Ring(link, p, 40_000_000 - Bucket)):F1}".PadLeft(link.name.Length));
            Console.WriteLine($"{p,5} | " + string.Join(" | ", cells));
        }
    }

    // Open MPI says its name and version before a comma, MPICH with tabs in its first line.
    private static string Library(World world) => world.Library.Split(',', '\n')[0].Replace('\t', ' ');

    private static double Ring((string name, double latency, double bytes) link, int p, double bucket) =>
        2 * (p - 1) * (link.latency + bucket / (p * link.bytes));

    private static double Best(World world, int times, Action action)
    {
        action();
        var best = double.PositiveInfinity;
        for (var k = 0; k < times; k++)
        {
            world.Barrier();
            var start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    private static void Say(World world, string line)
    {
        if (world.Rank == 0) Console.WriteLine(line);
    }
}
