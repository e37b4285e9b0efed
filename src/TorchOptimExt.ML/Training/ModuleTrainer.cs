using System.Diagnostics;
using TorchOptimExt.Base;
using TorchOptimExt.ML.Data;
using TorchOptimExt.ML.Modules;
using TorchOptimExt.ML.Scoring;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Training;

/// <summary>Trains one module on rows in memory, epoch by epoch.</summary>
internal sealed class ModuleTrainer : IDisposable
{
    private readonly TorchTrainerOptions options;
    private readonly PredictionTask task;
    private readonly TrainingRows train;
    private readonly TrainingRows? validation;
    private readonly nn.Module<Tensor, Tensor> module;
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly optim.Optimizer optimizer;
    private readonly optim.lr_scheduler.LRScheduler? scheduler;
    private readonly TrainingLog log;
    private readonly string identity;
    private TrainingProgress progress = new();

    internal ModuleTrainer(TorchTrainerOptions options, TaskKind kind, TrainingRows train, TrainingRows? validation, nn.Module<Tensor, Tensor> module)
    {
        (this.options, this.train, this.validation, this.module) = (options, train, validation, module);
        task = PredictionTask.Of(kind);
        parameters = [.. module.parameters()];
        optimizer = options.Optimizer(parameters) ?? throw new InvalidOperationException("TorchTrainerOptions.Optimizer made no optimizer.");
        scheduler = options.Scheduler?.Invoke(optimizer);
        log = new TrainingLog(options);
        identity = FormattableString.Invariant($"{kind}, {train.Count} rows of {train.Inputs}, {validation?.Count ?? 0} for validation, batch {options.BatchSize}, shuffle {options.Shuffle}, seed {options.Seed}");
    }

    /// <summary>Trains from the last checkpoint, where there is one, to the end; the module then holds the weights to keep.</summary>
    internal void Run()
    {
        Resume();
        log.Begin(identity, parameters.Sum(p => p.numel()));
        while (progress.Epoch < options.Epochs && !OutOfPatience && Epoch()) SaveCheckpoint();
        if (progress.BestWeights is { } best) ModuleBytes.Read(module, best);
        log.End(progress.Epoch, progress.BestLoss);
    }

    public void Dispose() => optimizer.Dispose();

    private bool OutOfPatience => options.Patience is { } patience && progress.EpochsWithoutImprovement >= patience;

    private double LearningRate => optimizer.ParamGroups.First().LearningRate;

    // False where it was cancelled in the middle.
    private bool Epoch()
    {
        var watch = Stopwatch.StartNew();
        var (number, rate) = (progress.Epoch + 1, LearningRate);
        var tally = new EpochTally();
        if (!Visit(number, tally)) return false;
        var seconds = watch.Elapsed.TotalSeconds;
        var validated = validation is null ? (((double loss, double metric)?)null) : Evaluate(validation);
        scheduler?.step();
        progress.Epoch = number;
        Improve(validated?.loss ?? tally.Loss);
        var report = new EpochReport(number, tally.Loss, task.Metric(tally.Metric, tally.Rows), validated?.loss, validated?.metric, task.MetricName, rate, watch.Elapsed.TotalSeconds, tally.Rows / seconds);
        log.Epoch(report);
        options.Progress?.Report(report);
        return true;
    }

    private bool Visit(int epoch, EpochTally tally)
    {
        module.train();
        using var order = Order(epoch);
        var size = Math.Min(options.BatchSize ?? train.Count, train.Count);
        var batch = 0;
        for (long at = 0; at < train.Count; at += size)
        {
            if (Cancelled()) return false;
            using var scope = NewDisposeScope();
            using var rows = Batch(order, at, Math.Min(size, train.Count - at));
            Step(rows, epoch, ++batch, tally);
        }
        return true;
    }

    // Null visits the rows as they come. Depends on the seed and the epoch alone, so that a resumed training sees the same.
    private Tensor? Order(int epoch)
    {
        if (!options.Shuffle || options.BatchSize is null || options.BatchSize >= train.Count) return null;
        using var generator = new Generator((ulong)((options.Seed ?? 0) * 1_000_003 + epoch));
        return randperm(train.Count, generator: generator);
    }

    private TrainingRows Batch(Tensor? order, long at, long n)
    {
        if (order is null) return new(train.Features.narrow(0, at, n), train.Labels.narrow(0, at, n), train.Weights?.narrow(0, at, n));
        using var places = order.narrow(0, at, n);
        using var chosen = places.to(train.Features.device);
        return train.Select(chosen);
    }

    private void Step(TrainingRows rows, int epoch, int batch, EpochTally tally)
    {
        var labels = task.Labels(rows.Labels);
        var (counted, lossOnly) = (false, optimizer is ILossOnlyClosure);
        optimizer.step(() =>
        {
            if (!lossOnly) optimizer.zero_grad();
            var outputs = Forward(rows.Features);
            var loss = Mean(PerExample(outputs, labels), rows.Weights);
            if (!counted) tally.Add(Checked(loss, epoch, batch), task.Tally(outputs.detach(), labels), rows.Count);
            counted = true;
            if (!lossOnly) Backward(loss);
            return loss;
        });
    }

    private void Backward(Tensor loss)
    {
        loss.backward();
        if (options.MaxGradientNorm is { } norm) nn.utils.clip_grad_norm_(parameters, norm);
    }

    private double Checked(Tensor loss, int epoch, int batch)
    {
        var value = loss.ToDouble();
        return double.IsFinite(value) ? value : throw new TrainingDivergedException(epoch, batch, value, LearningRate);
    }

    private Tensor Forward(Tensor features) => task.Outputs(module.call(features));

    private Tensor PerExample(Tensor outputs, Tensor labels)
    {
        if (options.Loss is null) return task.Loss(outputs, labels);
        var loss = options.Loss(outputs, labels);
        return loss.dim() == 1 && loss.size(0) == labels.size(0) ? loss
            : throw new InvalidOperationException($"TorchTrainerOptions.Loss returned shape [{string.Join(", ", loss.shape)}]; it must return one loss for each of the {labels.size(0)} rows.");
    }

    private static Tensor Mean(Tensor losses, Tensor? weights) => weights is null ? losses.mean() : losses.mul(weights).sum().div(weights.sum().clamp_min(1e-30));

    private (double loss, double metric) Evaluate(TrainingRows rows)
    {
        module.eval();
        using var quiet = no_grad();
        var tally = new EpochTally();
        const long size = 4096;
        for (long at = 0; at < rows.Count; at += size)
        {
            using var scope = NewDisposeScope();
            var n = Math.Min(size, rows.Count - at);
            var labels = task.Labels(rows.Labels.narrow(0, at, n));
            var outputs = Forward(rows.Features.narrow(0, at, n));
            tally.Add(Mean(PerExample(outputs, labels), rows.Weights?.narrow(0, at, n)).ToDouble(), task.Tally(outputs, labels), n);
        }
        return (tally.Loss, task.Metric(tally.Metric, tally.Rows));
    }

    private void Improve(double loss)
    {
        if (loss < progress.BestLoss - options.MinImprovement)
        {
            (progress.BestLoss, progress.EpochsWithoutImprovement) = (loss, 0);
            if (validation is not null && options.KeepBestWeights) progress.BestWeights = ModuleBytes.Write(module);
        }
        else progress.EpochsWithoutImprovement++;
    }

    private bool Cancelled()
    {
        if (!options.CancellationToken.IsCancellationRequested) return false;
        log.Cancelled(progress.Epoch);
        return options.KeepModelWhenCancelled ? true : throw new OperationCanceledException("The training was cancelled.", options.CancellationToken);
    }

    private void Resume()
    {
        if (options.CheckpointPath is not { } path || !File.Exists(path)) return;
        var found = Checkpoint.Read(path).Values;
        if (!found.TryGetValue("training", out var of) || of is not string name || name != identity)
            throw new InvalidOperationException($"The checkpoint '{path}' is of another training ({of ?? "unknown"}); this is {identity}. Delete it or give another path.");
        progress = TrainingProgress.From(Checkpoint.Load(path, module, optimizer, scheduler).Values);
        log.Resumed(path, progress.Epoch);
    }

    private void SaveCheckpoint()
    {
        if (options.CheckpointPath is not { } path) return;
        if (progress.Epoch % options.CheckpointEvery != 0 && progress.Epoch < options.Epochs && !OutOfPatience) return;
        Checkpoint.Save(path, module, optimizer, scheduler, progress.ToValues(identity));
    }
}
