using System.Diagnostics;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>Times rivals in turn, so that what else the machine does strikes all of them alike.</summary>
internal static class Interleaved
{
    /// <summary>The median milliseconds of each: A B C A B C … in this process.</summary>
    /// <param name="rivals">A run of each.</param>
    /// <param name="seconds">How long to measure, about.</param>
    public static double[] Medians(Action[] rivals, double seconds)
    {
        WarmUp(rivals);
        var times = rivals.Select(_ => new List<double>()).ToArray();
        for (var start = Stopwatch.GetTimestamp(); times[0].Count < 9 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds;)
            for (var k = 0; k < rivals.Length; k++)
                times[k].Add(Milliseconds(rivals[k]));
        return [.. times.Select(Median)];
    }

    // The just-in-time compiler reaches its last tier in two turns: each waits for 30 calls and then for a tenth of a second without new methods.
    private static void WarmUp(Action[] rivals)
    {
        for (var turn = 0; turn < 4; turn++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var run = 0; run < 5 || (run < 40 && Stopwatch.GetElapsedTime(start).TotalSeconds < 0.5); run++)
                foreach (var rival in rivals)
                    rival();
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
