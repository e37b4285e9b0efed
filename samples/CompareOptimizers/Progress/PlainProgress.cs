using System.Globalization;
using CompareOptimizers.Registry;
using CompareOptimizers.Training;

namespace CompareOptimizers.Progress;

/// <summary>Progress where the output is no terminal: some lines for each optimizer.</summary>
internal sealed class PlainProgress(TextWriter output) : IDuelObserver
{
    private const int Lines = 5;

    public void Started(Contender contender, int steps) { }

    public void Stepped(Duel duel, int steps) { }

    public void Evaluated(Duel duel, int epoch, int epochs)
    {
        if (epochs <= Lines || Part(epoch, epochs) > Part(epoch - 1, epochs))
            WriteLine(duel, epoch, epochs);
    }

    private static int Part(int epoch, int epochs) => epoch * Lines / epochs;

    private void WriteLine(Duel duel, int epoch, int epochs) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{duel.Contender.Name,-12} epoch {epoch,3}/{epochs,-3}  {Describe(duel)}"));

    public void Ended(Duel duel)
    {
        if (duel.EndedEarly is not null)
            output.WriteLine($"{duel.Contender.Name}: ended after {duel.Ours.Steps} steps: {duel.EndedEarly}");
    }

    private static string Describe(Duel duel)
    {
        var ours = Describe(duel.Ours);
        return duel.Reference is null ? ours : $"{ours}   (torch.optim.{duel.Contender.Reference!.Name}: {Describe(duel.Reference)})";
    }

    private static string Describe(Course course) =>
        string.Create(CultureInfo.InvariantCulture, $"loss {(course.Loss.Count == 0 ? double.NaN : course.Loss[^1].Value):F4}  accuracy {course.TestAccuracy:P2}");
}
