using System.Globalization;

namespace TorchOptimExt.Mpi.Tests;

public class RanksTests
{
    [MpiTheory]
    [InlineData("mpirun.openmpi", "adam")]
    [InlineData("mpirun.openmpi", "sgd")]
    [InlineData("mpirun.openmpi", "armijo")]
    [InlineData("mpirun.openmpi", "ars")]
    [InlineData("mpiexec.mpich", "adam")]
    [InlineData("mpiexec.mpich", "armijo")]
    [InlineData("mpiexec.mpich", "ars")]
    public void Ranks_end_with_the_parameters_of_one_process_with_the_whole_batch(string launcher, string what)
    {
        var alone = Parameters(Launcher.Run(launcher, 1, what));
        foreach (var ranks in new[] { 2, 4 })
            foreach (var (expected, actual) in alone.Zip(Parameters(Launcher.Run(launcher, ranks, what)))) Assert.Equal(expected, actual, 1e-9);
    }

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
    [InlineData("mpirun.openmpi", "leave")]
    public void Ranks_that_do_something_else_are_told_apart(string launcher, string what)
    {
        var (code, _, error) = Launcher.Run(launcher, 2, what);
        Assert.NotEqual(0, code);
        if (what == "model") Assert.Contains("do all ranks run the same program with the same model?", error);
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
