using System.Diagnostics;
using System.Globalization;
using TorchOptimExt.LineSearch;
using TorchOptimExt.ML.Data;
using TorchOptimExt.ML.Modules;
using TorchOptimExt.ML.Scoring;
using TorchOptimExt.Parameters;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Training;

/// <summary>Trains one module on rows that were read, epoch by epoch.</summary>
internal sealed class ModuleTrainer : IDisposable
{
    private readonly TrainingOptions options;
    private readonly PredictionTask task;
    private readonly TrainingRows train;
    private readonly TrainingRows? validation;
    private readonly nn.Module<Tensor, Tensor> module;
    private readonly ModuleCall call;
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly optim.Optimizer optimizer;
    private readonly optim.lr_scheduler.LRScheduler? scheduler;
    private readonly BatchStep step;
    private readonly BatchOrder batches;
    private readonly TrainingLog log;
    private readonly string identity;
    private readonly Scale? labelScale;
    private readonly double meanWeight, lossUnit;
    private readonly int epochs;
    private TrainingProgress progress = new();

    internal ModuleTrainer(TrainingOptions options, TaskKind kind, PreparedRows rows, ModuleCall call, string start)
    {
        (train, validation, labelScale) = (rows.Train, rows.Validation, rows.LabelScale);
        (this.options, this.call, module) = (options, call, call.Module);
        task = PredictionTask.Of(kind);
        // The squared error of one standardized label, in the label's units.
        lossUnit = options.Loss is null && labelScale is { Deviation: [var deviation] } ? deviation * (double)deviation : 1;
        meanWeight = train.TotalWeight() / train.Count;
        parameters = [.. module.parameters()];
        // The optimizer's state lies as the weights do; TorchSharp saves only what lies row after row.
        if (options.CheckpointPath is null) call.ByColumns(train.Features);
        optimizer = TrainingOptions.Made(nameof(options.Optimizer), "optimizer", () => options.Optimizer(parameters));
        CheckOptimizer();
        if (!TakesAnyLayout) call.ByRows();
        call.TakesTouched = optimizer is not ILossOnlyClosure;      // such walk back by themselves, and perhaps twice
        call.TwiceDifferentiable = optimizer is ArmijoNewton or TrustRegionNewton;
        epochs = options.EpochsOf(train.Count);
        scheduler = options.MakeSchedule(optimizer, epochs);
        step = new BatchStep(optimizer, parameters, call, options.MaxGradientNorm);
        batches = new BatchOrder(train, options);
        log = new TrainingLog(options);
        identity = FormattableString.Invariant($"{kind}, {train.Count} rows of {train.Inputs}, {validation?.Count ?? 0} for validation, ")
            + FormattableString.Invariant($"batch {options.BatchSize}, shuffle {options.Shuffle}, seed {options.Seed}{start}");
        if (options.CheckpointPath is null) return;
        identity += FormattableString.Invariant($", data {train.Checksum():x8}");
        if (validation is not null) identity += FormattableString.Invariant($" and {validation.Checksum():x8}");
    }

    /// <summary>Trains from the last checkpoint, where there is one, to the end; the module then holds the weights to keep.</summary>
    internal void Run()
    {
        Resume();
        log.Begin(identity, parameters.Sum(p => p.numel()));
        while (progress.Epoch < epochs && !OutOfPatience && Epoch()) SaveCheckpoint();
        call.ByRows();
        if (progress.BestWeights is { } best) ModuleBytes.Read(module, best);
        foreach (var parameter in parameters) parameter.grad = null;     // as large as the weights, and of no more use
        log.End(progress.Epoch, progress.BestLoss);
    }

    public void Dispose() => optimizer.Dispose();

    private bool OutOfPatience => options.Patience is { } patience && progress.EpochsWithoutImprovement >= patience;

    private double LearningRate => optimizer.ParamGroups.First().LearningRate;

    // libtorch's LBFGS wants parameters that lie row after row, and so may an optimizer of the user's own.
    private bool TakesAnyLayout => optimizer is OptimizerHelper
        && (optimizer.GetType().Assembly == typeof(optim).Assembly || optimizer.GetType().Assembly == typeof(ILossOnlyClosure).Assembly);

    private void CheckOptimizer()
    {
        var name = optimizer.GetType().Name;
        if (optimizer is ILossOnlyClosure && options.MaxGradientNorm is not null)
            throw new InvalidOperationException($"{name} takes its gradients itself, where it takes any: they cannot be clipped. "
                + $"Leave {nameof(options.MaxGradientNorm)} null.");
        if (optimizer is not OptimizerHelper && options.CheckpointPath is not null)
            throw new InvalidOperationException($"{name} keeps its state inside libtorch, where TorchSharp cannot read it: such a "
                + "training has no checkpoints. "
                + $"Leave {nameof(options.CheckpointPath)} null.");
        if (optimizer is OptimizerHelper && !optimizer.parameters().Select(p => p.Handle).Intersect(parameters.Select(p => p.Handle)).Any())
            throw new InvalidOperationException($"TorchTrainerOptions.{nameof(options.Optimizer)} made an optimizer of none of the "
                + "module's parameters.");
    }

    // False where it was cancelled in the middle.
    private bool Epoch()
    {
        var watch = Stopwatch.StartNew();
        var (number, rate, tally) = (progress.Epoch + 1, LearningRate, new EpochTally());
        if (!Visit(number, tally)) return false;
        var seconds = watch.Elapsed.TotalSeconds;
        (double loss, double metric)? validated = null;
        if (validation is not null && (validated = Evaluate(validation)) is null) return false;
        var loss = validated?.loss ?? tally.Loss;
        if (!double.IsFinite(loss)) throw new TrainingDivergedException(number, tally.Batches, loss, rate);
        StepSchedule(loss);
        progress.Epoch = number;
        Improve(loss);
        var report = new EpochReport(number, tally.Loss, tally.Metric(task), validated?.loss, validated?.metric, task.MetricName, rate,
            watch.Elapsed.TotalSeconds, tally.Rows / seconds);
        log.Epoch(report);
        options.Progress?.Report(report);
        return true;
    }

    private bool Visit(int epoch, EpochTally tally)
    {
        module.train();
        using var order = batches.Begin(epoch);
        foreach (var (from, count) in batches.Parts())
        {
            if (Cancelled()) return false;
            using var scope = NewDisposeScope();
            using var rows = batches.Take(order, from, count);
            var (loss, metric) = step.Run(epoch, tally.Batches + 1, () => Loss(rows));
            tally.Add(loss * lossUnit, metric, rows, meanWeight);
        }
        CheckWeights(epoch, tally.Batches);
        return true;
    }

    // A loss is of before its step: the last step of an epoch shows in the weights only, and they go into the checkpoint.
    private void CheckWeights(int epoch, int batch)
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in parameters)
            if (!parameter.isfinite().all().ToBoolean()) throw new TrainingDivergedException(epoch, batch, double.NaN, LearningRate);
        foreach (var (name, buffer) in module.named_buffers())
        {
            if (!buffer.is_floating_point() || buffer.isfinite().all().ToBoolean()) continue;
            if (Math.Min(options.BatchSize ?? train.Count, train.Count) > 1)
                throw new TrainingDivergedException(epoch, batch, double.NaN, LearningRate);
            throw new InvalidOperationException($"The module's '{name}' is NaN or infinite after a batch of one row, of which batch "
                + $"normalization finds no variance. There are {train.Count} training rows, and BatchSize is "
                + $"{options.BatchSize?.ToString(CultureInfo.InvariantCulture) ?? "null"}: both must be at least 2, or the module without "
                + "it.");
        }
    }

    private (Tensor loss, (double sum, long count) metric) Loss(TrainingRows rows)
    {
        var outputs = task.Outputs(call.On(rows.Features));
        var loss = options.Loss is null && rows.Weights is null ? task.Loss(outputs, rows.Labels, nn.Reduction.Mean)
            : Mean(PerExample(outputs, rows.Labels), rows);
        return (loss, task.Tally(outputs, rows.Labels, labelScale));
    }

    private Tensor PerExample(Tensor outputs, Tensor labels)
    {
        if (options.Loss is not { } given) return task.Loss(outputs, labels, nn.Reduction.None);
        Tensor? loss;
        try { loss = given(outputs, labels); }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"TorchTrainerOptions.{nameof(options.Loss)} failed on outputs of shape "
                + $"[{Shape(outputs)}] and labels of shape "
                + $"[{Shape(labels)}]: {e.Message.Split('\n')[0]}", e);
        }
        if (loss is null) throw new InvalidOperationException($"TorchTrainerOptions.{nameof(options.Loss)} returned null.");
        return loss.dim() == 1 && loss.size(0) == labels.size(0) ? loss
            : throw new InvalidOperationException($"TorchTrainerOptions.{nameof(options.Loss)} returned shape [{Shape(loss)}]; it must "
            + "return one loss for each of the "
                + $"{labels.size(0)} rows, as TorchSharp's losses do with Reduction.None.");

        static string Shape(Tensor tensor) => string.Join(", ", tensor.shape);
    }

    // By the mean weight of the training set: a batch's own would take from light rows their lightness, the more the smaller batches are.
    private Tensor Mean(Tensor losses, TrainingRows rows) =>
        rows.Weights is { } weights ? losses.mul(weights).sum().div(rows.Count * meanWeight) : losses.mean();

    // Null where it was cancelled in the middle.
    private (double loss, double metric)? Evaluate(TrainingRows rows)
    {
        module.eval();
        using var quiet = no_grad();
        var tally = new EpochTally();
        // Of wide rows fewer at once: a module may keep several times as much.
        var size = Math.Clamp((1 << 20) / call.Width(rows.Features), 1, 4096);
        for (long at = 0; at < rows.Count; at += size)
        {
            if (Cancelled()) return null;
            using var scope = NewDisposeScope();
            using var part = rows.Slice(at, Math.Min(size, rows.Count - at)).OnTo(options.Device);
            var (loss, metric) = Loss(part);
            tally.Add(loss.ToDouble() * lossUnit, metric, part, meanWeight);
        }
        return (tally.Loss, tally.Metric(task));
    }

    private void StepSchedule(double loss)
    {
        if (scheduler is optim.lr_scheduler.impl.ReduceLROnPlateau plateau) plateau.step(loss);
        else scheduler?.step();
    }

    private void Improve(double loss)
    {
        if (loss < progress.BestLoss - options.MinImprovement)
        {
            (progress.BestLoss, progress.EpochsWithoutImprovement) = (loss, 0);
            if (validation is not null && options.KeepBestWeights) progress.BestWeights = Weights();
        }
        else progress.EpochsWithoutImprovement++;
    }

    // As they are saved: row after row.
    private byte[] Weights()
    {
        var byColumns = call.LiesByColumns;
        call.ByRows();
        var weights = ModuleBytes.Write(module);
        if (byColumns) call.ByColumns(train.Features);
        return weights;
    }

    private bool Cancelled()
    {
        if (!options.CancellationToken.IsCancellationRequested) return false;
        log.Cancelled(progress.Epoch);
        return options.KeepModelWhenCancelled ? true
            : throw new OperationCanceledException("The training was cancelled.", options.CancellationToken);
    }

    private void Resume()
    {
        if (options.CheckpointPath is not { } path) return;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{folder}' for the checkpoint '{path}'.");
        if (!File.Exists(path)) return;
        var found = Checkpoint.Read(path).Values;
        if (!found.TryGetValue("training", out var of) || of is not string name || name != identity)
            throw new InvalidOperationException($"The checkpoint '{path}' is of another training ({of ?? "unknown"}); this is {identity}. "
                + "Delete it or give another path.");
        progress = TrainingProgress.From(Checkpoint.Load(path, module, optimizer, scheduler).Values);
        log.Resumed(path, progress.Epoch);
    }

    private void SaveCheckpoint()
    {
        if (options.CheckpointPath is not { } path) return;
        if (progress.Epoch % options.CheckpointEvery != 0 && progress.Epoch < epochs && !OutOfPatience) return;
        Checkpoint.Save(path, module, optimizer, scheduler, progress.ToValues(identity));
    }
}
