using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>Measures contenders on cases, with one thread and with two.</summary>
internal sealed class StepsRun(double bandwidth, double seconds)
{
    public IEnumerable<StepResult> Results(IEnumerable<Contender> contenders, IReadOnlyCollection<StepCase> cases)
    {
        int[] threads = Environment.ProcessorCount > 1 ? [1, 2] : [1];
        return
            from step in cases
            from count in threads
            from contender in contenders
            where contender.IsFused || !step.LastStrided
            select Measure(contender, step, count);
    }

    private StepResult Measure(Contender contender, StepCase step, int threads)
    {
        set_num_threads(threads);
        var (first, second) = (step.Parameters(), step.Parameters());
        var third = contender.Aten is null || step.LastStrided ? [] : step.Parameters();
        using var ours = contender.Ours(first);
        using var reference = contender.Reference(second);
        using var aten = third.Length > 0 ? new AtenStep(contender.Aten!, third) : null;
        using var loss = zeros(1); // iRprop⁺ asks for one
        Tensor Loss() => loss;
        Action[] rivals = [() => ours.step(Loss), () => reference.step(Loss)];
        var times = Interleaved.Medians(aten is null ? rivals : [.. rivals, aten.Step], seconds);
        foreach (var parameter in (TorchSharp.Modules.Parameter[])[.. first, .. second, .. third]) parameter.Dispose();
        var bytes = (double)contender.Streams * sizeof(float) * step.Elements;
        return new(step.Name, threads, contender.Name, times[0], times[1], aten is null ? null : times[2], step.IsBoundByMemory ? 1000 * bytes / bandwidth : null);
    }
}
