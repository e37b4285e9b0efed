using System.CommandLine;
using System.Globalization;
using TorchOptimExt.Benchmarks.Cli;
using TorchOptimExt.Tests.TestFunctions;

namespace TorchOptimExt.Benchmarks.LineSearch;

/// <summary><c>linesearch</c>: the line searches beside other minimizers on functions with known minima, on a network, or on
/// mini-batches; and the time of a step.</summary>
internal static class LineSearchCommand
{
    public static Command Create()
    {
        var iterations = Options.Count("--iterations", "The most iterations of a minimizer", 10_000);
        var stochastic = new Option<bool>("--stochastic") { Description = "Train on mini-batches beside SGD instead" };
        var epochs = Options.Count("--epochs", "With --stochastic: passes over the training images", 5);
        var peers = new Option<bool>(
            "--peers")
        { Description = "Count evaluations on all test functions beside scipy and PyTorch instead" };
        var network = new Option<bool>("--network") { Description = "Train a network on a full batch beside scipy and PyTorch instead" };
        var speed = new Option<bool>("--speed") { Description = "Time WolfeLBFGS's direction and moves beside memory instead" };
        var command = new Command("linesearch", "Evaluations and time of the line searches beside other minimizers") { iterations,
            stochastic, epochs, peers, network, speed };
        command.SetAction(arguments =>
        {
            if (arguments.GetValue(peers)) PeersRun.Write();
            else if (arguments.GetValue(network)) NetworkRun.Write();
            else if (arguments.GetValue(speed)) SpeedRun.Write();
            else if (arguments.GetValue(stochastic)) StochasticRun.Write(arguments.GetValue(epochs));
            else Write(arguments.GetValue(iterations));
        });
        return command;
    }

    // A Markdown table. A cell: function and gradient evaluations and seconds, or the norm that was reached.
    private static void Write(int iterations)
    {
        // compiles what is timed
        foreach (var peer in Peer.All) peer.Minimize(new Problem(Functions.Beale, Functions.Beale.Starts[0]), 50);
        Console.WriteLine($"| function | {string.Join(" | ", Peer.All.Select(peer => peer.Name))} |");
        Console.WriteLine($"|---|{string.Concat(Peer.All.Select(_ => "---|"))}");
        var (ours, theirs) = (0, 0);
        foreach (var (function, start) in Functions.Problems)
        {
            var outcomes = Peer.All.ToDictionary(peer => peer.Name, peer => peer.Minimize(new Problem(function, start), iterations));
            Console.WriteLine($"| {new Problem(function, start).Name} | " +
                $"{string.Join(" | ", Peer.All.Select(peer => Cell(outcomes[peer.Name])))} |");
            var (newton, rival) = (outcomes["ArmijoNewton"], outcomes["MathNet Newton"]);
            if (!newton.Converged || !rival.Converged) continue;
            ours += newton.Functions;
            theirs += rival.Functions;
        }
        Console.WriteLine();
        Console.WriteLine($"Function evaluations where both Newtons converge: ArmijoNewton {ours}, MathNet {theirs}.");
    }

    private static string Cell(Outcome o) => string.Create(CultureInfo.InvariantCulture,
        $"{o.Functions} / {o.Gradients}, {o.Seconds:0.000} " +
            $"s{(o.Converged ? "" : $", max\\|g\\| = {o.LargestGradient:0.0e+0}")}{(o.Failure is null ? "" : $" ({o.Failure})")}");
}
