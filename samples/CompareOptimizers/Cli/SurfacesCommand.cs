using System.CommandLine;
using CompareOptimizers.Report;
using CompareOptimizers.Surfaces;

namespace CompareOptimizers.Cli;

/// <summary><c>surfaces</c>: the trails of all optimizers over functions of two variables.</summary>
internal static class SurfacesCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var steps = Numeric.Positive("--steps", "Steps of each optimizer", 200, most: 10_000);
        var command = new Command("surfaces", "Draws the trails of all optimizers, and what their settings do, over Rosenbrock, Beale, Himmelblau, a saddle and a narrow valley.") { steps, common.Output, common.Threads };
        command.SetAction(arguments =>
        {
            using var session = new Session(arguments, common);
            return Run(arguments.GetValue(steps), session);
        });
        return command;
    }

    private static int Run(int steps, Session session)
    {
        var descent = new Descent(steps, session.Cancel);
        List<Picture[]> surfaces = [], settings = [];
        foreach (var surface in Surface.All.TakeWhile(_ => !session.Interrupted))
        {
            surfaces.Add([.. Subject.AllOptimizers.Select(subject => descent.Draw(subject, surface))]);
            Console.WriteLine($"{surface.Name}: {surface.Notation}");
            ConsoleTable.Write(SurfacesReport.Table(surfaces[^1]));
        }
        foreach (var subject in Settings.OfEach.TakeWhile(_ => !session.Interrupted))
        {
            Console.WriteLine($"{subject.Title}: what its settings do ({settings.Count + 1} of {Settings.OfEach.Length})");
            settings.Add([descent.Draw(subject, Surface.Rosenbrock), descent.Draw(subject, Surface.Valley)]);
        }
        return session.End("surfaces.html", SurfacesReport.Page(surfaces, settings, steps, session.Interrupted));
    }
}
