using System.CommandLine;
using TorchOptimExt.Benchmarks.Cli;
using TorchOptimExt.Benchmarks.Steps;
using TorchOptimExt.RandomSearch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.RandomSearch;

/// <summary><c>ars</c>: a step of random search whose closure costs nothing, against what it must move and make.</summary>
internal static class ArsCommand
{
    private const int Parameters = 1_000_000;
    private const int Directions = 8;

    public static Command Create()
    {
        var seconds = Options.Seconds("How long a block of alternating runs lasts; three blocks", 1);
        var command = new Command("ars", "A step of Augmented Random Search with a free closure, and how fast its normal deviates are made") { seconds };
        command.SetAction(arguments => Measure(arguments.GetValue(seconds)));
        return command;
    }

    private static void Measure(double seconds)
    {
        var bandwidth = CopyBandwidth.Measure();
        set_num_threads(Environment.ProcessorCount);
        const int DeviatesOfAStep = 3 * Directions * Parameters;        // for 2N evaluations and N directions of the update
        var times = Interleaved.Medians([Step(), NormalsOnAllThreads()], seconds);
        var (stepMs, noiseMs) = (times[0], times[1]);

        // Each pass reads and writes 4 bytes a parameter.
        const int Passes = 4 * Directions + 1;
        var passesMs = 1.5 * Passes * 8000.0 * Parameters / bandwidth;
        Console.WriteLine($"normal deviates, {get_num_threads()} threads  {DeviatesOfAStep / noiseMs / 1e3,8:F0} million/s");
        Console.WriteLine($"copies                      {bandwidth / 1e9,8:F1} GB/s");
        Console.WriteLine($"ARS step, N = {Directions}, 1M float32 {stepMs,8:F2} ms");
        Console.WriteLine($"1.5 x {Passes} passes + noise     {passesMs + noiseMs,8:F2} ms = {passesMs:F2} + {noiseMs:F2}; the step takes {stepMs / (passesMs + noiseMs):F2} of it");
    }

    private static Action Step()
    {
        var parameter = new Parameter(zeros(Parameters));
        var optimizer = optim.ARS([parameter], n_directions: Directions, seed: 1);
        return () => optimizer.step(perturbation => perturbation.Sign * (perturbation.Direction + 1));
    }

    private static Action NormalsOnAllThreads()
    {
        var threads = get_num_threads();
        var buffers = Enumerable.Range(0, threads).Select(_ => new float[Parameters / threads]).ToArray();
        return () => Parallel.For(0, threads, k =>
        {
            for (var direction = 0; direction < 3 * Directions; direction++) GaussianNoise.Fill(buffers[k], seed: 1, step: k, direction);
        });
    }
}
