using System.CommandLine;
using TorchOptimExt.Benchmarks.Cli;
using TorchOptimExt.Benchmarks.Steps;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.Scaling;

/// <summary><c>scaling</c>: what dividing by a loss scale and clipping cost beside the step of Adam alone.</summary>
internal static class ScalingCommand
{
    private const double MaxNorm = 1;

    public static Command Create()
    {
        var seconds = Options.Seconds("How long each case is measured", 4);
        var markdown = new Option<bool>("--markdown") { Description = "Write the table as the documentation has it" };
        var command = new Command("scaling", "Unscaling, clipping and the step of Adam: in one pass, as separate calls, and TorchSharp's") { seconds, markdown };
        command.SetAction(arguments => Measure(arguments.GetValue(seconds), arguments.GetValue(markdown)));
        return command;
    }

    private static void Measure(double seconds, bool markdown)
    {
        Console.WriteLine(markdown ? "| case | threads | step | in one pass | × | separate | TorchSharp's |\n|---|--:|--:|--:|--:|--:|--:|"
            : $"{"case",-12} {"threads",7} {"step",9} {"in one pass",12} {"×",6} {"separate",9} {"TorchSharp's",13}");
        foreach (var threads in (int[])[1, Environment.ProcessorCount])
            foreach (var one in StepCase.All.Where(one => !one.LastStrided))
            {
                set_num_threads(threads);
                var times = Interleaved.Medians([Plain(one), InOnePass(one), Separate(one, optim.fused.Adam(one.Parameters())), Separate(one, optim.Adam(one.Parameters()))], seconds);
                Console.WriteLine(markdown
                    ? FormattableString.Invariant($"| {one.Name} | {threads} | {times[0]:f3} | {times[1]:f3} | {times[1] / times[0]:f2} | {times[2]:f3} | {times[3]:f3} |")
                    : FormattableString.Invariant($"{one.Name,-12} {threads,7} {times[0],9:f3} {times[1],12:f3} {times[1] / times[0],6:f2} {times[2],9:f3} {times[3],13:f3}"));
            }
    }

    private static Action Plain(StepCase one)
    {
        var optimizer = optim.fused.Adam(one.Parameters());
        return () => optimizer.step();
    }

    private static Action InOnePass(StepCase one)
    {
        var optimizer = optim.fused.Adam(one.Parameters());
        var scaler = Scaler();
        return () =>
        {
            scaler.step(optimizer, MaxNorm);
            scaler.update();
        };
    }

    private static Action Separate(StepCase one, optim.Optimizer optimizer)
    {
        var scaler = Scaler();
        return () =>
        {
            scaler.unscale_(optimizer);
            optimizer.clip_grad_norm_(MaxNorm);
            scaler.step(optimizer);
            scaler.update();
        };
    }

    private static GradScaler Scaler()
    {
        // A scale of 1: gradients that are divided in memory again and again stay as they are.
        var scaler = new GradScaler(init_scale: 1);
        using var loss = tensor(1f);
        scaler.scale(loss).Dispose();
        return scaler;
    }
}
