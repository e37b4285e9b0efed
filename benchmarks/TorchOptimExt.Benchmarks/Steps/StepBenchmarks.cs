using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>One step under BenchmarkDotNet, with all threads: its distribution and what it allocates.</summary>
[MemoryDiagnoser]
public class StepBenchmarks
{
    private static Contender[] contenders = Contender.All;
    private static StepCase[] cases = StepCase.All;

    private optim.Optimizer ours = null!, reference = null!;
    private Func<Tensor> loss = null!;

    [ParamsSource(nameof(Optimizers))]
    public string Optimizer { get; set; } = "";

    [ParamsSource(nameof(Cases))]
    public string Case { get; set; } = "";

    public static IEnumerable<string> Optimizers => contenders.Select(c => c.Name);
    public static IEnumerable<string> Cases => cases.Select(c => c.Name);

    internal static void Run(Contender[] some, StepCase[] steps, string folder)
    {
        (contenders, cases) = (some, steps);
        // In this process: a project of BenchmarkDotNet's own would not have this repository's build files.
        var job = Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance);
        BenchmarkRunner.Run<StepBenchmarks>(DefaultConfig.Instance.AddJob(job).WithArtifactsPath(folder));
    }

    [GlobalSetup]
    public void SetUp()
    {
        set_num_threads(Environment.ProcessorCount);
        var contender = contenders.Single(c => c.Name == Optimizer);
        var step = cases.Single(c => c.Name == Case);
        (ours, reference) = (contender.Ours(step.Parameters()), contender.Reference(step.Parameters()));
        var zero = zeros(1);
        loss = () => zero;
    }

    [Benchmark]
    public void Ours() => ours.step(loss);

    [Benchmark(Baseline = true)]
    public void TorchSharp() => reference.step(loss);

    [GlobalCleanup]
    public void CleanUp()
    {
        ours.Dispose();
        reference.Dispose();
    }
}
