using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.GrainDirectory;

namespace TorchOptimExt.Orleans;

/// <summary>Runs a search: gives ranges of directions to whoever is there, updates, and keeps what a successor needs.</summary>
[Reentrant, KeepAlive, GrainDirectory(Directory)]
internal sealed partial class Coordinator(IOptionsMonitor<ElasticSearchOptions> monitor, ILogger<Coordinator> logger)
    : Grain, ICoordinator, IDisposable
{
    private readonly ILogger<Coordinator> logger = logger;
    /// <summary>The directory in which coordinators are found.</summary>
    internal const string Directory = "elastic search";

    private const string Target = "elastic search: target";

    private readonly Dictionary<string, long> evaluators = []; // with the step at which each is
    private readonly SemaphoreSlim model = new(1, 1);
    private ElasticSearchOptions options = new();
    private Replica? replica;
    private StepWork? work;
    private Rewards? previous;
    private Task? run;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ElasticSearchReport report = new();
    private readonly Stopwatch sinceSaved = Stopwatch.StartNew();
    private bool ended;

    private string Name => this.GetPrimaryKeyString();

    private Replica Held => replica ?? throw new InvalidOperationException(
        $"The search '{Name}' is not set up in this silo: call AddElasticSearch(\"{Name}\", …).");

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        options = monitor.Get(Name);
        options.Check(Name);
        replica = new(options.Create!());
        if (options.Checkpoint is { } path && File.Exists(path))
        {
            var kept = Checkpoint.Load(path, replica.Task.Module, replica.Task.Optimizer);
            report = report with { Target = Convert.ToInt64(kept.Values[Target], null) };
        }
        report = report with { Step = replica.Step, StartedAt = replica.Step };
        if (report.Target > report.Step) await Start(Replica.Protocol, report.Target);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        ended = true;
        report = report with { Target = report.Step }; // the run ends; the target that is kept stays
        work = null;
        if (run is not null) await Task.WhenAny(run, Task.Delay(TimeSpan.FromSeconds(1), cancellationToken));
    }

    public void Dispose()
    {
        replica?.Dispose();
        model.Dispose();
    }

    public Task Join(string evaluator, Hello hello)
    {
        Held.Check(hello, $"The silo of evaluator {evaluator.Replace('\n', ' ')}");
        if (evaluators.TryAdd(evaluator, -1) && work is { } present) Serve(evaluator, present).Ignore();
        return Task.CompletedTask;
    }

    public Task Leave(string evaluator)
    {
        evaluators.Remove(evaluator);
        return Task.CompletedTask;
    }

    public async Task Start(int protocol, long target)
    {
        Replica.CheckProtocol(protocol, "The caller");
        if (target < Held.Step)
            throw new ArgumentOutOfRangeException(nameof(target), target,
                $"The target is step {target}; the search is at {Held.Step} already.");
        report = report with { Target = target, IsRunning = target > Held.Step, Failure = null };
        await Keep();
        if (run is null or { IsCompleted: true }) run = Run();
    }

    public Task Stop(int protocol)
    {
        Replica.CheckProtocol(protocol, "The caller");
        report = report with { Target = report.Step };
        return Task.CompletedTask;
    }

    public async Task<ElasticSearchReport> Report(int protocol, long beyond, TimeSpan patience)
    {
        Replica.CheckProtocol(protocol, "The caller");
        var over = Task.Delay(patience);
        while (report.IsRunning && report.Step <= beyond && !over.IsCompleted) await Task.WhenAny(changed.Task, over);
        return report with { Evaluators = evaluators.Count };
    }

    public async Task<Snapshot> Snapshot(int protocol)
    {
        Replica.CheckProtocol(protocol, "The caller");
        await model.WaitAsync();
        try { return Held.Save(); }
        finally { model.Release(); }
    }

    private async Task Run()
    {
        try
        {
            while (report.Step < report.Target && !ended) await Step();
        }
        catch (Exception e)
        {
            LogEnded(Name, report.Step, e);
            report = report with { Failure = e.Message };
        }
        if (ended) return;
        report = report with { IsRunning = false };
        await Keep();
        Tell();
    }

    private async Task Step()
    {
        var watch = Stopwatch.StartNew();
        var step = work = new StepWork(Held.Directions);
        foreach (var evaluator in evaluators.Keys.ToArray()) Serve(evaluator, step).Ignore();
        while (await Task.WhenAny(step.Done, Task.Delay(TimeSpan.FromSeconds(1))) != step.Done)
            if (ended) return;
        work = null;
        var moved = await Update(step);
        previous = new(step.Plus, step.Minus);
        report = report with
        {
            Step = Held.Step,
            Mean = moved.Mean,
            Max = moved.Max,
            Dropped = moved.Dropped,
            DroppedInAll = report.DroppedInAll + moved.Dropped,
            Duration = watch.Elapsed,
            Failure = step.Failure,
        };
        if (sinceSaved.Elapsed >= options.CheckpointInterval) await Keep();
        Tell();
    }

    private async Task<RandomSearch.ARSReport> Update(StepWork step)
    {
        await model.WaitAsync();
        try { return await Task.Run(() => Held.Task.Optimizer.Update(step.Plus, step.Minus)); }
        finally { model.Release(); }
    }

    // One evaluator, as long as there is work for it in this step.
    private async Task Serve(string evaluator, StepWork step)
    {
        while (work == step && step.HasWaiting && evaluators.TryGetValue(evaluator, out var at))
        {
            var (from, count) = step.Take(evaluators.Count);
            try
            {
                var asked = new Work(Held.Hello, Held.Step, from, count, at == Held.Step - 1 ? previous : null);
                var rewards = await GrainFactory.GetGrain<IEvaluator>(evaluator).Evaluate(asked).WaitAsync(options.AnswerTimeout);
                if (work != step) return;
                if (evaluators.ContainsKey(evaluator)) evaluators[evaluator] = asked.Step;
                step.Answer(from, rewards);
            }
            catch (Exception e)
            {
                LogLost(Name, evaluator, Held.Step, from, from + count - 1, e.Message);
                evaluators.Remove(evaluator);
                if (work != step) return;
                report = report with { GivenToAnother = report.GivenToAnother + step.GiveBack(from, count, options.Attempts) };
                foreach (var other in evaluators.Keys.ToArray()) Serve(other, step).Ignore(); // those that had run out of work
                return;
            }
        }
    }

    private async Task Keep()
    {
        if (options.Checkpoint is not { } path || ended) return;
        await model.WaitAsync();
        try
        {
            var (module, optimizer, target) = (Held.Task.Module, Held.Task.Optimizer, report.Target);
            await Task.Run(() => Checkpoint.Save(path, module, optimizer, values: new Dictionary<string, object> { [Target] = target }));
            sinceSaved.Restart();
        }
        finally { model.Release(); }
    }

    private void Tell()
    {
        var told = changed;
        changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        told.TrySetResult();
    }

    [LoggerMessage(LogLevel.Warning,
        "Elastic search '{Search}': evaluator {Evaluator} did not answer for step {Step}, directions {From} to {To}: {Reason}")]
    private partial void LogLost(string search, string evaluator, long step, int from, int to, string reason);

    [LoggerMessage(LogLevel.Error, "Elastic search '{Search}' ended at step {Step}")]
    private partial void LogEnded(string search, long step, Exception e);
}
