using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlTraining;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests.Training;

public class ProgressTests
{
    private static readonly List<Row> Rows = Row.Some(200);

    [Fact]
    public void A_report_says_what_an_independent_computation_says()
    {
        var reports = new Reports();
        var options = Linear("Number", 2);
        options.Optimizer = parameters => optim.SGD(parameters, 0);
        options.ValidationSet = View(Rows.Take(50));
        options.Progress = reports;
        var scores = Context.Regression.Trainers.Torch(options).Fit(View(Rows)).Scores(View(Rows));
        double[] squares = [.. scores.Zip(Rows, (score, row) => Math.Pow(score - row.Number, 2))];
        Assert.Equal([1, 2], reports.Select(r => r.Epoch));
        Assert.All(reports, r =>
        {
            Assert.Equal(squares.Average(), r.TrainLoss, 1e-5);
            Assert.Equal(Math.Sqrt(squares.Average()), r.TrainMetric, 1e-5);
            Assert.Equal(squares.Take(50).Average(), r.ValidationLoss!.Value, 1e-5);
            Assert.Equal(Math.Sqrt(squares.Take(50).Average()), r.ValidationMetric!.Value, 1e-5);
            Assert.Equal("RMSE", r.MetricName);
            Assert.True(r.Seconds > 0 && r.RowsPerSecond > 0);
        });
    }

    // More rows than are evaluated at once; most of the weight is on the last ones.
    [Fact]
    public void Losses_are_means_by_weight_however_the_rows_are_divided()
    {
        var rows = Row.Some(5_000);
        for (var k = 0; k < rows.Count; k++) rows[k].Weight = k < 4_500 ? 0.01f : 3;
        var reports = new Reports();
        var options = Linear("Number", 1);
        options.ExampleWeightColumnName = "Weight";
        options.Optimizer = parameters => optim.SGD(parameters, 0);
        options.BatchSize = 300;
        options.ValidationSet = View(rows);
        options.Progress = reports;
        var scores = Context.Regression.Trainers.Torch(options).Fit(View(rows)).Scores(View(rows));
        var expected = scores.Zip(rows, (score, row) => row.Weight * Math.Pow(score - row.Number, 2)).Sum() / rows.Sum(row => (double)row.Weight);
        Assert.Equal(expected, reports[0].TrainLoss, 1e-5);
        Assert.Equal(expected, reports[0].ValidationLoss!.Value, 1e-5);
    }

    [Fact]
    public void Wide_rows_are_validated_a_few_at_a_time()
    {
        var most = 0L;
        var data = Context.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(i => new Wide { Number = i }));
        var options = Linear("Number", 1);
        options.BatchSize = 10;
        options.ValidationSet = data;
        options.Loss = (outputs, labels) =>
        {
            most = Math.Max(most, outputs.size(0));
            return (outputs - labels).square();
        };
        Context.Regression.Trainers.Torch(options).Fit(data);
        Assert.InRange(most, 10, 11);
    }

    private sealed class Wide
    {
        [VectorType(100_000)] public float[] Features { get; set; } = new float[100_000];
        public float Number { get; set; }
    }

    [Fact]
    public void Accuracy_is_the_share_of_rows_that_are_predicted_right()
    {
        var reports = new Reports();
        var options = Linear("Truth", 1);
        options.Optimizer = parameters => optim.SGD(parameters, 0);
        options.Progress = reports;
        var scores = Context.BinaryClassification.Trainers.Torch(options).Fit(View(Rows)).Scores(View(Rows));
        Assert.Equal(scores.Zip(Rows).Count(pair => pair.First > 0 == pair.Second.Truth) / 200.0, reports[0].TrainMetric, 1e-12);
        Assert.Equal("accuracy", reports[0].MetricName);
    }

    [Fact]
    public void A_fraction_of_the_rows_is_kept_for_validation()
    {
        var reports = new Reports();
        var options = Linear("Number", 1);
        options.Optimizer = parameters => optim.SGD(parameters, 0);
        options.ValidationFraction = 0.25;
        options.Progress = reports;
        var scores = Context.Regression.Trainers.Torch(options).Fit(View(Rows)).Scores(View(Rows));
        var all = scores.Zip(Rows, (score, row) => Math.Pow(score - row.Number, 2)).Sum();
        Assert.Equal(all, 150 * reports[0].TrainLoss + 50 * reports[0].ValidationLoss!.Value, 1e-3);
    }

    [Fact]
    public void Patience_ends_training_and_the_best_weights_are_kept()
    {
        var reports = new Reports();
        var options = new TorchTrainerOptions
        {
            LabelColumnName = "Number",
            Mlp = new() { HiddenSizes = [64] },
            Optimizer = parameters => optim.Adam(parameters, 0.05),
            Epochs = 200,
            BatchSize = 8,
            Seed = 1,
            ValidationSet = View(Rows.Skip(40)),
            Patience = 3,
            Progress = reports,
        };
        var scores = Context.Regression.Trainers.Torch(options).Fit(View(Rows.Take(40))).Scores(View(Rows.Skip(40)));
        var best = reports.MinBy(r => r.ValidationLoss)!;
        Assert.Equal(best.Epoch + 3, reports.Count);
        Assert.True(reports.Count < 200);
        Assert.Equal(best.ValidationLoss!.Value, scores.Zip(Rows.Skip(40), (score, row) => Math.Pow(score - row.Number, 2)).Average(), 1e-5);
    }

    [Theory, InlineData(0), InlineData(0.5)]
    public void Messages_reach_the_logger_and_the_context(double validated)
    {
        var (context, events, logger) = (new MLContext(), new List<LoggingEventArgs>(), new Messages());
        context.Log += (_, message) => events.Add(message);
        var options = Linear("Number", 2);
        (options.Context, options.Logger, options.ValidationFraction) = (context, logger, validated);
        context.Regression.Trainers.Torch(options).Fit(View(Rows));
        string[] raised = [.. events.Where(e => e.Source == "TorchTrainer").Select(e => e.RawMessage)];
        Assert.Equal(4, logger.Count);
        Assert.StartsWith("Training 4 parameters", logger[0], StringComparison.Ordinal);
        Assert.StartsWith("Epoch 2: loss ", logger[2], StringComparison.Ordinal);
        Assert.Contains(raised, m => m.StartsWith("Epoch 1: loss ", StringComparison.Ordinal));
        Assert.All(raised.Concat(logger).Where(m => m.StartsWith("Epoch", StringComparison.Ordinal)), m => Assert.Equal(validated > 0, m.Contains("validation loss", StringComparison.Ordinal)));
        Assert.Contains(raised, m => m.StartsWith("Training ended after 2 epochs", StringComparison.Ordinal));
    }

    private sealed class Messages : List<string>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Add(formatter(state, exception));
    }
}
