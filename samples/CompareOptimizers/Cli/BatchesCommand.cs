using System.CommandLine;
using CompareOptimizers.BatchSizes;
using CompareOptimizers.Report;

namespace CompareOptimizers.Cli;

/// <summary><c>batches</c>: batch, mini-batch and stochastic descent on the same problem.</summary>
internal static class BatchesCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var seconds = Numeric.Positive("--seconds", "Seconds of training for each", 10, most: 86_400);
        var images = Numeric.Positive("--images", "Images to train with", 10_000);
        var command = new Command("batches", "Trains by plain gradient descent with all images, a few and one in a step.") { seconds, images };
        foreach (var option in common.All)
            command.Add(option);
        command.SetAction(arguments =>
        {
            using var session = new Session(arguments, common);
            return Run(arguments.GetValue(seconds), arguments.GetValue(images), session);
        });
        return command;
    }

    private static int Run(int seconds, int images, Session session)
    {
        var problem = session.LoadProblem();
        images = Math.Min(images, problem.Train.Count);
        var runner = new FallRunner(problem, images, seconds, session.Seed, session.Cancel);
        var falls = new List<Fall>();
        Console.WriteLine($"{images:N0} of them are trained with, for {seconds} s under each of:");
        foreach (var regime in Regime.All.TakeWhile(_ => !session.Interrupted))
        {
            Console.WriteLine($"{regime.Name}: {regime.Description}");
            falls.Add(runner.Run(regime));
        }
        ConsoleTable.Write(BatchesReport.Table(falls, images));
        return session.End("batches.html", BatchesReport.Page(falls, problem, images, session.Interrupted));
    }
}
