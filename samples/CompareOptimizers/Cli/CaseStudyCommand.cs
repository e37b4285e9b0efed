using System.CommandLine;
using System.Globalization;
using CompareOptimizers.CaseStudy;
using CompareOptimizers.Report;
using CompareOptimizers.Training;

namespace CompareOptimizers.Cli;

/// <summary><c>case-study</c>: plain gradient descent against batch normalisation, Adam and a schedule.</summary>
internal static class CaseStudyCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var target = Numeric.Positive("--target", "Test accuracy to reach, in per cent", 86, most: 100);
        var epochs = Numeric.Positive("--epochs", "Passes over the training images", 3);
        var batchSize = Numeric.Positive("--batch-size", "Images in a step", 64);
        var command = new Command("case-study", "Trains a convolutional network by plain gradient descent, then with batch normalisation, Adam and a decaying learning rate.") { target, epochs, batchSize };
        foreach (var option in common.All)
            command.Add(option);
        command.SetAction(arguments =>
        {
            using var session = new Session(arguments, common);
            var problem = session.LoadProblem();
            var runner = new RiseRunner(problem, arguments.GetValue(epochs), arguments.GetValue(batchSize), session.Seed, session.Cancel);
            return Run(runner, problem, arguments.GetValue(target) / 100.0, session);
        });
        return command;
    }

    private static int Run(RiseRunner runner, Problem problem, double target, Session session)
    {
        var rises = new List<Rise>();
        foreach (var recipe in Recipe.All.TakeWhile(_ => !session.Interrupted))
            rises.Add(runner.Run(recipe, sample => Console.WriteLine(Describe(recipe, sample))));
        ConsoleTable.Write(CaseStudyReport.Table(rises, target));
        return session.End("case-study.html", CaseStudyReport.Page(rises, problem, target, session.Interrupted));
    }

    private static string Describe(Recipe recipe, Sample sample) =>
        string.Create(CultureInfo.InvariantCulture, $"{recipe.Name,-26} epoch {sample.Epochs,5:F2}  {sample.Seconds,6:F1} s  accuracy {sample.Value:P2}");
}
