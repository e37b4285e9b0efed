using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using TorchSharp;

namespace TorchOptimExt.Mpi.Tests;

public class RanksTests
{
    [MpiTheory]
    [InlineData("mpirun.openmpi", "adam")]
    [InlineData("mpirun.openmpi", "sgd")]
    [InlineData("mpirun.openmpi", "armijo")]
    [InlineData("mpirun.openmpi", "ars")]
    [InlineData("mpirun.openmpi", "rmsprop")]
    [InlineData("mpirun.openmpi", "lbfgs")]
    [InlineData("mpirun.openmpi", "newton")]
    [InlineData("mpirun.openmpi", "newtoncg")]
    [InlineData("mpirun.openmpi", "trust")]
    [InlineData("mpirun.openmpi", "uneven")]
    [InlineData("mpiexec.mpich", "adam")]
    [InlineData("mpiexec.mpich", "sgd")]
    [InlineData("mpiexec.mpich", "rmsprop")]
    [InlineData("mpiexec.mpich", "armijo")]
    [InlineData("mpiexec.mpich", "lbfgs")]
    [InlineData("mpiexec.mpich", "newton")]
    [InlineData("mpiexec.mpich", "newtoncg")]
    [InlineData("mpiexec.mpich", "uneven")]
    [InlineData("mpiexec.mpich", "ars")]
    public void Ranks_end_with_the_parameters_of_one_process_with_the_whole_batch(string launcher, string what)
    {
        var alone = Parameters(Launcher.Run(launcher, 1, what));
        foreach (var ranks in new[] { 2, 4 })
            foreach (var (expected, actual) in alone.Zip(Parameters(Launcher.Run(launcher, ranks, what)))) Assert.Equal(expected, actual, 1e-9);
    }

    // (512 + 1 + 1 + 1) / 4 = 128.75, which rounds to 129; added in bfloat16 it would be 512 / 4 = 128.
    [MpiTheory]
    [InlineData("mpirun.openmpi")]
    [InlineData("mpiexec.mpich")]
    public void Half_types_are_summed_in_float32(string launcher) =>
        Assert.Equal(-129, Assert.Single(Parameters(Launcher.Run(launcher, 4, "coarse"))));

    // Eight bits round each element of a gradient's mean once, in one order or another.
    [MpiTheory]
    [InlineData("mpirun.openmpi")]
    public void Half_types_train_over_ranks(string launcher)
    {
        var alone = Parameters(Launcher.Run(launcher, 1, "bfloat16"));
        foreach (var (expected, actual) in alone.Zip(Parameters(Launcher.Run(launcher, 4, "bfloat16")))) Assert.Equal(expected, actual, 0.05);
    }

    [MpiTheory]
    [InlineData("mpirun.openmpi")]
    [InlineData("mpiexec.mpich")]
    public void A_line_search_whose_closure_uses_its_graph_again_ends_with_a_message(string launcher)
    {
        var (code, _, error) = Launcher.Run(launcher, 2, "stale");
        Assert.NotEqual(0, code);
        Assert.Contains("System.InvalidOperationException: WolfeLBFGS: the loss cannot be differentiated; the closure must compute it anew", error);
    }

    [MpiTheory]
    [InlineData("mpirun.openmpi")]
    [InlineData("mpiexec.mpich")]
    public void The_sample_learns_digits(string launcher)
    {
        var (code, output, error) = Launcher.RunProgram(launcher, 2, "DataParallel", "--epochs", "8");
        Assert.True(code == 0, error);
        var epochs = Regex.Matches(output, @"2 ranks, epoch (\d+): loss ([\d.]+), test accuracy ([\d.]+) %");
        Assert.Equal(Enumerable.Range(1, 8), epochs.Select(epoch => int.Parse(epoch.Groups[1].Value, CultureInfo.InvariantCulture)));
        Assert.InRange(Number(epochs[^1].Groups[2]), 0, 0.5 * Number(epochs[0].Groups[2]));
        Assert.InRange(Number(epochs[^1].Groups[3]), 80, 100);
    }

    private static double Number(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);

    [MpiTheory]
    [InlineData("mpirun.openmpi", 4)]
    [InlineData("mpirun.openmpi", 1)]
    [InlineData("mpiexec.mpich", 4)]
    [InlineData("mpiexec.mpich", 1)]
    public void A_run_goes_on_with_another_number_of_ranks(string launcher, int ranks)
    {
        var path = Path.GetTempFileName();
        try
        {
            var whole = Parameters(Launcher.Run(launcher, 1, "adam"));
            Parameters(Launcher.Run(launcher, 2, "adam", path, "0", "5"));
            foreach (var (expected, actual) in whole.Zip(Parameters(Launcher.Run(launcher, ranks, "adam", path, "5", "10")))) Assert.Equal(expected, actual, 1e-9);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [MpiTheory]
    [InlineData("mpirun.openmpi")]
    [InlineData("mpiexec.mpich")]
    public void A_rank_that_is_killed_ends_the_others_within_10_seconds(string launcher)
    {
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, Launcher.Run(launcher, 2, "adam").code);
        var healthy = clock.Elapsed;
        clock.Restart();
        Assert.NotEqual(0, Launcher.Run(launcher, 2, "kill").code);
        Assert.True(clock.Elapsed < healthy + TimeSpan.FromSeconds(10), $"{clock.Elapsed} instead of {healthy}");
    }

    [MpiTheory]
    [InlineData("mpirun.openmpi")]
    [InlineData("mpiexec.mpich")]
    public void A_closure_that_fails_ends_all_with_its_message(string launcher)
    {
        var (code, _, error) = Launcher.Run(launcher, 2, "closure");
        Assert.NotEqual(0, code);
        Assert.Contains("Rank 1 of 2 ends all: System.TimeoutException: the simulator is gone", error);
    }

    // The same program, but for the number that tells one build from another.
    [MpiTheory]
    [InlineData("mpirun.openmpi")]
    [InlineData("mpiexec.mpich")]
    public void Ranks_of_another_version_are_refused(string launcher)
    {
        var (code, _, error) = Launcher.RunBeside(launcher, "adam");
        Assert.NotEqual(0, code);
        Assert.Contains("Rank 1 has the program MpiTraining", error);
        Assert.Contains("start all ranks with the same program and arguments", error);
    }

    [Fact]
    public void Optimizer_that_differentiates_the_loss_itself_out_of_sight_is_refused()
    {
        using var parameter = new TorchSharp.Modules.Parameter(torch.zeros(2));
        using var world = Mpi.World();
        using var optimizer = new Secant([parameter]);
        Assert.Contains("Secant differentiates the loss itself", Assert.Throws<NotSupportedException>(() => torch.optim.DataParallel(optimizer, world)).Message);
    }

    private sealed class Secant(IEnumerable<TorchSharp.Modules.Parameter> parameters) : TorchSharp.Modules.SGD(parameters, 0.1), Parameters.ILossOnlyClosure;

    [MpiTheory]
    [InlineData("mpirun.openmpi")]
    [InlineData("mpiexec.mpich")]
    public void Exception_on_one_rank_ends_all_with_its_message(string launcher)
    {
        var (code, _, error) = Launcher.Run(launcher, 2, "throw");
        Assert.NotEqual(0, code);
        Assert.Contains("Rank 1 of 2 ends all: System.TimeoutException: the simulator is gone", error);
    }

    [MpiTheory]
    [InlineData("mpirun.openmpi")]
    [InlineData("mpiexec.mpich")]
    public void Caught_exception_ends_all_with_the_exit_code_of_its_rank(string launcher)
    {
        var (code, _, error) = Launcher.Run(launcher, 2, "caught");
        Assert.Equal(7, code);
        Assert.Contains("caught: the simulator is gone", error);
    }

    [MpiTheory]
    [InlineData("mpirun.openmpi", "model")]
    [InlineData("mpiexec.mpich", "model")]
    [InlineData("mpirun.openmpi", "optimizer")]
    [InlineData("mpirun.openmpi", "groups")]
    [InlineData("mpirun.openmpi", "leave")]
    public void Ranks_that_do_something_else_are_told_apart(string launcher, string what)
    {
        var (code, _, error) = Launcher.Run(launcher, 2, what);
        Assert.NotEqual(0, code);
        if (what == "model") Assert.Contains("Rank 1 has the model Float64[4,3]", error);
        if (what == "groups") Assert.Contains("Rank 1 has the model Float64[5,3]; Float64[5] Float64[1,5] Float64[1]; no buffers, rank 0 Float64[5,3] Float64[5]", error);
        if (what == "optimizer") Assert.Contains("Rank 1 has the optimizer TorchOptimExt.Fused.SGD, rank 0 TorchOptimExt.Fused.Adam", error);
    }

    [Theory]
    [InlineData(10, 4, 1)]
    [InlineData(10, 4, 3)]
    [InlineData(7, 2, 4)]
    public void Sampler_gives_every_row_to_one_rank_once(int rows, int batch, int size)
    {
        int[] order = [.. Enumerable.Range(0, rows).Reverse()];
        var taken = Enumerable.Range(0, size).SelectMany(rank => ShardSampler.Part(order, batch, rank, size).SelectMany(part => part.rows));
        Assert.Equal(Enumerable.Range(0, rows), taken.Order());
    }

    private static double[] Parameters((int code, string output, string error) run)
    {
        Assert.True(run.code == 0, run.error);
        var line = run.output.Split('\n').Single(line => line.Contains("result ", StringComparison.Ordinal));
        return [.. line[(line.IndexOf("result ", StringComparison.Ordinal) + 7)..].Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
    }
}
