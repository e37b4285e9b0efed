using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>Measures contenders on cases, with one thread and with all.</summary>
internal sealed class StepsRun(double bandwidth, double seconds, PyTorch? python)
{
    public IEnumerable<StepResult> Results(IEnumerable<Contender> contenders, IReadOnlyCollection<StepCase> cases)
    {
        int[] threads = Environment.ProcessorCount > 1 ? [1, Environment.ProcessorCount] : [1];
        return
            from contender in contenders
            from step in cases
            where contender.IsFused || !step.LastStrided
            from count in threads
            select Measure(contender, step, count);
    }

    private StepResult Measure(Contender contender, StepCase step, int threads)
    {
        set_num_threads(threads);
        var (first, second) = (step.Parameters(), step.Parameters());
        using var ours = contender.Ours(first);
        using var reference = contender.Reference(second);
        using var loss = zeros(1); // iRprop⁺ asks for one
        Tensor Loss() => loss;
        var elsewhere = step.LastStrided || contender.PyTorch is null ? null : python;
        elsewhere?.Prepare(contender.PyTorch!, step, threads);
        var (a, b, c) = Interleaved.Medians(() => ours.step(Loss), () => reference.step(Loss), elsewhere is null ? null : elsewhere.Run, seconds);
        foreach (var parameter in first.Concat(second)) parameter.Dispose();
        var bytes = (double)contender.Streams * sizeof(float) * step.Elements;
        return new(contender.Name, step.Name, threads, a, b, 1000 * bytes / bandwidth, c);
    }
}
