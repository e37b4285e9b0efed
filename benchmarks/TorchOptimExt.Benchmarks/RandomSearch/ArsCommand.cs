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
    private const int Directions = 8;

    // Each pass reads and writes 4 bytes a parameter.
    private const int Passes = 4 * Directions + 1;

    public static Command Create()
    {
        var seconds = Options.Seconds("How long a block of alternating runs lasts; three blocks", 1);
        var command = new Command("ars", "A step of Augmented Random Search with a free closure, beside one written with randn and beside its deviates and passes over memory") { seconds };
        command.SetAction(arguments => Measure(arguments.GetValue(seconds)));
        return command;
    }

    private static void Measure(double seconds)
    {
        var bandwidth = CopyBandwidth.Measure();
        set_num_threads(Environment.ProcessorCount);
        Console.WriteLine($"N = {Directions}, float32, {get_num_threads()} threads, copies {bandwidth / 1e9:F1} GB/s; times in ms");
        Console.WriteLine("parameters |    step |   randn  (x) | deviates + 1.5 x passes = model | step / model");
        foreach (var parameters in (int[])[1_000_000, 10_000_000])
        {
            var times = Interleaved.Medians([Step(parameters), StepWithRandn(parameters), Deviates(parameters)], seconds);
            var (step, naive, noise) = (times[0], times[1], times[2]);
            var passes = 1.5 * Passes * 8000.0 * parameters / bandwidth;
            Console.WriteLine($"{parameters,10} | {step,7:F1} | {naive,7:F1} {naive / step,4:F1} | {noise,8:F1} + {passes,5:F1} = {noise + passes,7:F1}           | {step / (noise + passes):F2}");
        }
    }

    private static Action Step(int parameters)
    {
        var parameter = new Parameter(zeros(parameters));
        var optimizer = optim.ARS([parameter], n_directions: Directions, seed: 1);
        return () => optimizer.step(Reward);
    }

    private static double Reward(Perturbation perturbation) => perturbation.Sign * (perturbation.Direction + 1);

    // The algorithm as one writes it with tensors: all directions are kept, each end is a new tensor.
    private static Action StepWithRandn(int parameters)
    {
        var parameter = new Parameter(zeros(parameters));
        return () =>
        {
            using var quiet = no_grad();
            using var scope = NewDisposeScope();
            var (before, update) = (parameter.clone(), zeros_like(parameter));
            var deltas = Enumerable.Range(0, Directions).Select(_ => randn_like(before)).ToArray();
            for (var k = 0; k < Directions; k++)
            {
                parameter.copy_(before + 0.03 * deltas[k]);
                var plus = Reward(new(0, k, 1));
                parameter.copy_(before - 0.03 * deltas[k]);
                update.add_(deltas[k], plus - Reward(new(0, k, -1)));
            }
            parameter.copy_(before + update * 1e-4);
        };
    }

    // For 2N evaluations and N directions of the update, each made by itself.
    private static Action Deviates(int parameters)
    {
        var threads = get_num_threads();
        var buffers = Enumerable.Range(0, threads).Select(_ => new float[parameters / threads]).ToArray();
        return () => Parallel.For(0, threads, k =>
        {
            for (var direction = 0; direction < 3 * Directions; direction++) GaussianNoise.Fill(buffers[k], seed: 1, step: k, direction);
        });
    }
}
