using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.Runtime;

namespace TorchOptimExt.ML.Training;

/// <summary>Messages of a training, to the logger and as events of the MLContext, where they are given.</summary>
internal sealed partial class TrainingLog(TrainingOptions options)
{
    private const string Source = "TorchTrainer";
    private readonly ILogger logger = options.Logger ?? NullLogger.Instance;

    internal void Begin(string training, long parameters)
    {
        LogBegin(logger, training, parameters);
        Raise($"Training {parameters} parameters: {training}.");
    }

    internal void Cache(double bytes, string folder, long? free)
    {
        LogCache(logger, bytes, folder, free);
        var left = free is null ? "" : string.Create(CultureInfo.InvariantCulture, $", where {free:n0} are free");
        var size = string.Create(CultureInfo.InvariantCulture, $"{bytes:n0} bytes");
        Raise($"Training rows go to temporary files of up to {size} in '{folder}'{left}.");
    }

    internal void Epoch(EpochReport report)
    {
        var validation = "";
        if (report.ValidationLoss is null)
        {
            LogEpoch(logger, report.Epoch, report.TrainLoss, report.MetricName, report.TrainMetric, report.LearningRate, report.Seconds);
        }
        else
        {
            LogValidatedEpoch(logger, report.Epoch, report.TrainLoss, report.MetricName, report.TrainMetric, report.ValidationLoss,
                report.ValidationMetric, report.LearningRate, report.Seconds);
            validation = string.Create(CultureInfo.InvariantCulture,
                $" validation loss {report.ValidationLoss:g5}, {report.MetricName} {report.ValidationMetric:g4};");
        }
        Raise(string.Create(CultureInfo.InvariantCulture, $"Epoch {report.Epoch}: loss {report.TrainLoss:g5}, {report.MetricName} "
            + $"{report.TrainMetric:g4};{validation} {report.RowsPerSecond:f0} rows/s."));
    }

    internal void End(int epochs, double best)
    {
        LogEnd(logger, epochs, best);
        Raise(FormattableString.Invariant($"Training ended after {epochs} epochs; best loss {best:g5}."));
    }

    internal void Cancelled(int epochs)
    {
        LogCancelled(logger, epochs);
        Raise($"Training was cancelled after {epochs} whole epochs.", warning: true);
    }

    internal void Resumed(string path, int epochs)
    {
        LogResumed(logger, path, epochs);
        Raise($"Training goes on after epoch {epochs}, from '{path}'.");
    }

    internal void Warn(string message)
    {
        LogWarning(logger, message);
        Raise(message, warning: true);
    }

    private void Raise(string message, bool warning = false)
    {
        if ((options.Context ?? options.Channels) is not { } provider) return;
        using var channel = provider.Start(Source);
        if (warning) channel.Warning(MessageSensitivity.None, message);
        else channel.Info(MessageSensitivity.None, message);
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Training rows go to temporary files of up to {Bytes} bytes in {Folder}, where {Free} are free")]
    private static partial void LogCache(ILogger logger, double bytes, string folder, long? free);

    [LoggerMessage(Level = LogLevel.Information, Message = "Training {Parameters} parameters: {Training}")]
    private static partial void LogBegin(ILogger logger, string training, long parameters);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Epoch {Epoch}: loss {TrainLoss}, {Metric} {TrainMetric}; learning rate {LearningRate}, {Seconds} s")]
    private static partial void LogEpoch(ILogger logger, int epoch, double trainLoss, string metric, double trainMetric,
        double learningRate, double seconds);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Epoch {Epoch}: loss {TrainLoss}, {Metric} {TrainMetric}; validation loss {ValidationLoss}, {ValidationMetric}; "
            + "learning rate {LearningRate}, {Seconds} s")]
    private static partial void LogValidatedEpoch(ILogger logger, int epoch, double trainLoss, string metric, double trainMetric,
        double? validationLoss, double? validationMetric, double learningRate, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Training ended after {Epochs} epochs; best loss {Best}")]
    private static partial void LogEnd(ILogger logger, int epochs, double best);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Training was cancelled after {Epochs} whole epochs")]
    private static partial void LogCancelled(ILogger logger, int epochs);

    [LoggerMessage(Level = LogLevel.Information, Message = "Training goes on after epoch {Epochs}, from {Path}")]
    private static partial void LogResumed(ILogger logger, string path, int epochs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);
}
