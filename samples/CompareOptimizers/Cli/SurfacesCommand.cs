using System.CommandLine;
using CompareOptimizers.Registry;
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
        var command = new Command("surfaces", "Draws the trails of all optimizers over Rosenbrock, Beale, Himmelblau and a saddle.") { steps, common.Output, common.Threads };
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
        var results = new List<(Surface, IReadOnlyList<Trail>)>();
        foreach (var surface in Surface.All.TakeWhile(_ => !session.Interrupted))
        {
            Trail[] trails = [.. Contenders.All.Select(contender => descent.Best(contender, surface)).OfType<Trail>()];
            Console.WriteLine(surface.Name);
            ConsoleTable.Write(SurfacesReport.Table(trails));
            results.Add((surface, trails));
        }
        return session.End("surfaces.html", SurfacesReport.Page(results, steps, session.Interrupted));
    }
}
