using System.Diagnostics;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>Times rivals in turn, so that what else the machine does strikes all of them alike.</summary>
internal static class Interleaved
{
    private const int Blocks = 3;

    /// <summary>The median milliseconds of each: blocks of A B A B … in this process, and of the third's runs in another between them.</summary>
    /// <param name="first">One run of A.</param>
    /// <param name="second">One run of B.</param>
    /// <param name="third">Gives the milliseconds of so many runs elsewhere; null where there is no third.</param>
    /// <param name="seconds">How long a block lasts, about.</param>
    public static (double first, double second, double? third) Medians(Action first, Action second, Func<int, double[]>? third, double seconds)
    {
        WarmUp(first, second);
        third?.Invoke(3);
        List<double> ours = [], reference = [], elsewhere = [];
        for (var block = 0; block < Blocks; block++)
        {
            var runs = 0;
            for (var start = Stopwatch.GetTimestamp(); runs < 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; runs++)
            {
                ours.Add(Milliseconds(first));
                reference.Add(Milliseconds(second));
            }
            if (third is not null) elsewhere.AddRange(third(runs));
        }
        return (Median(ours), Median(reference), third is null ? null : Median(elsewhere));
    }

    // The just-in-time compiler reaches its last tier in two turns: each waits for 30 calls and then for a tenth of a second without new methods.
    private static void WarmUp(Action first, Action second)
    {
        for (var turn = 0; turn < 4; turn++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var run = 0; run < 5 || (run < 40 && Stopwatch.GetElapsedTime(start).TotalSeconds < 0.5); run++)
            {
                first();
                second();
            }
            Thread.Sleep(150);
        }
    }

    private static double Milliseconds(Action run)
    {
        var start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> times)
    {
        times.Sort();
        return (times[(times.Count - 1) / 2] + times[times.Count / 2]) / 2;
    }
}
