using System.Globalization;
using CompareOptimizers.Registry;
using CompareOptimizers.Training;

namespace CompareOptimizers.Progress;

/// <summary>Progress where the output is no terminal: some lines for each optimizer.</summary>
internal sealed class PlainProgress(TextWriter output) : IDuelObserver
{
    private const int Lines = 3;

    private int printed = -1;

    public void Started(Contender contender, int steps) => printed = -1;

    public void Stepped(Duel duel, int steps) { }

    public void Evaluated(Duel duel, int step, int steps)
    {
        if (Part(step, steps) == printed)
            return;
        printed = Part(step, steps);
        WriteLine(duel, step, steps);
    }

    private static int Part(int step, int steps) => step * Lines / steps;

    private void WriteLine(Duel duel, int step, int steps) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{duel.Contender.Name,-12} step {step,5}/{steps,-5} {Describe(duel)}"));

    public void Ended(Duel duel)
    {
        if (duel.EndedEarly is not null)
            output.WriteLine($"{duel.Contender.Name}: ended after {duel.Ours.Steps} steps: {duel.EndedEarly}");
    }

    private static string Describe(Duel duel)
    {
        var ours = Describe(duel, duel.Ours);
        return duel.Reference is null ? ours : $"{ours}   (torch.optim.{duel.Contender.Reference!.Name}: {Describe(duel, duel.Reference)})";
    }

    private static string Describe(Duel duel, Course course) => string.Create(
        CultureInfo.InvariantCulture, $"loss {(course.Loss.Count == 0 ? double.NaN : course.Loss[^1].Value):F4}  {duel.Objective.ScoreName} {duel.Objective.Format(course.TestScore)}");
}
