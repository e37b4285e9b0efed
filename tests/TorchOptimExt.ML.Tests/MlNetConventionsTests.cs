using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlTraining;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests;

/// <summary>What ML.NET's own trainers do, ours do.</summary>
public sealed class MlNetConventionsTests : IDisposable
{
    private static readonly List<Row> Rows = Row.Some(120);

    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void A_fitted_model_depends_on_no_option_that_changes_later()
    {
        var options = new TorchTrainerOptions { LabelColumnName = "Number", Mlp = new() { HiddenSizes = [5] }, Epochs = 2, Seed = 1 };
        var trainer = Context.Regression.Trainers.Torch(options);
        var model = trainer.Fit(View(Rows));
        var expected = model.Scores(View(Rows));
        options.Mlp.Activation = Activation.Tanh;
        options.Mlp.HiddenSizes = [7, 7];
        (options.LabelColumnName, options.FeatureColumnName, options.Epochs) = ("Other", "Others", 9);
        trainer.Options.Mlp.HiddenSizes = [3];
        Assert.Equal(expected, TorchTransformer.Restore(SaveAndLoad(model, View(Rows))).Scores(View(Rows)));
        Assert.Equal(expected, trainer.Fit(View(Rows)).Scores(View(Rows)));
        Assert.Equal("Number", trainer.Options.LabelColumnName);
    }

    [Fact]
    public void Hidden_sizes_of_a_list_that_changes_later_are_copied()
    {
        var sizes = new List<int> { 5 };
        var trainer = Context.Regression.Trainers.Torch(new TorchTrainerOptions { LabelColumnName = "Number", Mlp = new() { HiddenSizes = sizes }, Epochs = 1, Seed = 1 });
        sizes[0] = 9;
        Assert.Equal(5, trainer.Fit(View(Rows)).Model.Module.parameters().First().shape[0]);
    }

    [Fact]
    public void A_trainer_fitted_from_several_threads_gives_what_it_gives_alone()
    {
        var options = new TorchTrainerOptions { LabelColumnName = "Number", Mlp = new() { Dropout = 0.3 }, Epochs = 3, Seed = 4 };
        var trainer = Context.Regression.Trainers.Torch(options);
        var alone = trainer.Fit(View(Rows)).Weights();
        var together = new ConcurrentBag<float[]>();
        Parallel.For(0, 6, _ => together.Add(trainer.Fit(View(Rows)).Weights()));
        Assert.All(together, weights => Assert.Equal(alone, weights));
    }

    [Fact]
    public void A_row_without_a_score_has_no_class()
    {
        var model = Context.MulticlassClassification.Trainers.Torch(Linear("Label", 1)).Fit(Keyed(Rows));
        List<Row> odd = [new() { Features = [float.NaN, 0, 0], Kind = "low" }, .. Rows.Take(3)];
        var data = Keyed(odd);
        Assert.Equal(0u, Predicted(model)[0]);
        Assert.DoesNotContain(0u, Predicted(model)[1..]);
        var loaded = SaveAndLoad(model, data);
        Assert.Equal(Predicted(model), Predicted(loaded));
        using var engine = Context.Model.CreatePredictionEngine<Row, Key>(model);
        Assert.Equal(0u, engine.Predict(odd[0]).PredictedLabel);

        uint[] Predicted(ITransformer scorer) => [.. scorer.Transform(data).GetColumn<uint>("PredictedLabel")];
    }

    private sealed class Key
    {
        [KeyType(3)] public uint PredictedLabel { get; set; }
    }

    [Fact]
    public void Annotations_after_load_are_those_from_before()
    {
        var data = Keyed(Rows);
        var model = Context.MulticlassClassification.Trainers.Torch(Linear("Label", 1)).Fit(data);
        var loaded = SaveAndLoad(model, data);
        var expected = model.GetOutputSchema(data.Schema);
        foreach (var name in new[] { "Score", "PredictedLabel" })
            Assert.Equal(Annotations(expected[name]), Annotations(TorchTransformer.Restore(loaded).GetOutputSchema(data.Schema)[name]));
        Assert.Contains("TrainingLabelValues", Annotations(expected["Score"]), StringComparison.Ordinal);
        Assert.Contains("ScoreColumnKind", Annotations(expected["Score"]), StringComparison.Ordinal);
        // What loads without this library's help has the names at least.
        Assert.Equal(Names(expected["Score"]), Names(loaded.GetOutputSchema(data.Schema)["Score"]));
        Assert.Contains("KeyValues", Annotations(loaded.GetOutputSchema(data.Schema)["PredictedLabel"]), StringComparison.Ordinal);
    }

    private static string[] Names(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(n => n.ToString())];
    }

    private static string Annotations(DataViewSchema.Column column) => string.Join(", ", column.Annotations.Schema.Select(a => $"{a.Name} {a.Type}"));

    [Fact]
    public void Keys_without_values_gain_none_at_load()
    {
        var data = Context.Data.LoadFromEnumerable(Enumerable.Range(0, 30).Select(i => new Numbered { Features = [i % 3, i], Label = (uint)(i % 3) }));
        var model = Context.MulticlassClassification.Trainers.Torch(Linear("Label", 1)).Fit(data);
        var loaded = SaveAndLoad(model, data).Transform(data);
        Assert.DoesNotContain("KeyValues", Annotations(loaded.Schema["PredictedLabel"]), StringComparison.Ordinal);
        Assert.Equal(model.Transform(data).GetColumn<uint>("PredictedLabel"), loaded.GetColumn<uint>("PredictedLabel"));
    }

    private sealed class Numbered
    {
        [VectorType(2)] public float[] Features { get; set; } = [];
        [KeyType(3)] public uint Label { get; set; }
    }

    [Fact]
    public void Scoring_reads_through_one_cursor()
    {
        var model = Context.Regression.Trainers.Torch(Linear("Number", 1)).Fit(new OneReader(View(Rows)));
        var scored = model.Transform(new OneReader(View(Rows)));
        var metrics = Context.Regression.Evaluate(scored, "Number");
        Assert.Equal(Context.Regression.Evaluate(model.Transform(View(Rows)), "Number").MeanSquaredError, metrics.MeanSquaredError, 1e-9);
    }

    // Labels and features are drawn anew each time the data is read: only one cursor sees both of a row.
    [Fact]
    public void Rows_that_are_drawn_anew_are_scored_with_the_labels_that_they_came_with()
    {
        var random = new Random(1);
        var data = Context.Data.LoadFromEnumerable(Drawn());
        var options = Linear("Truth", 30);
        options.Optimizer = parameters => optim.Adam(parameters, 0.1);
        var model = Context.BinaryClassification.Trainers.Torch(options).Fit(data);
        Assert.Equal(1, Context.BinaryClassification.Evaluate(model.Transform(data), "Truth").Accuracy);

        IEnumerable<Row> Drawn()
        {
            for (var k = 0; k < 700; k++)
            {
                var truth = random.Next(2) == 1;
                yield return new() { Features = [truth ? 1 : -1, 0, 0], Truth = truth };
            }
        }
    }

    [Fact]
    public void The_contexts_seed_is_followed_unless_options_give_one()
    {
        Assert.Equal(Train(new(7)), Train(new(7)));
        Assert.NotEqual(Train(new(7)), Train(new(8)));
        Assert.Equal(Train(new(7), 3), Train(new(8), 3));

        static float[] Train(MLContext context, long? seed = null) =>
            context.Regression.Trainers.Torch("Number", epochs: 2, seed: seed).Fit(context.Data.LoadFromEnumerable(Rows)).Weights();
    }

    [Fact]
    public void The_contexts_log_hears_the_training()
    {
        var heard = Heard(context => context.Regression.Trainers.Torch("Number", epochs: 2).Fit(View(Rows)));
        Assert.Contains(heard, m => m.StartsWith("Epoch 2: loss ", StringComparison.Ordinal));
    }

    private static List<string> Heard(Action<MLContext> act)
    {
        var (context, heard) = (new MLContext(1), new List<string>());
        context.Log += (_, message) => { if (message.Source == "TorchTrainer") heard.Add($"{(message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning ? "WARNING " : "")}{message.RawMessage}"); };
        act(context);
        return heard;
    }

    [Fact]
    public void Rows_that_cannot_be_trained_on_are_skipped_and_counted()
    {
        var bad = Row.Some(120);
        (bad[3].Features[0], bad[50].Features[2], bad[70].Number) = (float.NaN, float.PositiveInfinity, float.NaN);
        var options = Linear("Number", 3);
        float[] weights = [];
        var heard = Heard(context => weights = context.Regression.Trainers.Torch(options).Fit(View(bad)).Weights());
        Assert.Equal(Context.Regression.Trainers.Torch(options).Fit(View(Rows.Where((_, k) => k is not (3 or 50 or 70)))).Weights(), weights);
        Assert.Contains(heard, m => m.StartsWith("WARNING 2 rows", StringComparison.Ordinal) && m.Contains("Features", StringComparison.Ordinal));
        Assert.Contains(heard, m => m.StartsWith("WARNING 1 row", StringComparison.Ordinal) && m.Contains("Number", StringComparison.Ordinal));
    }

    [Fact]
    public void One_class_is_trained_on_with_a_warning()
    {
        var heard = Heard(context => context.BinaryClassification.Trainers.Torch("Truth", epochs: 1).Fit(View(Rows.Where(r => r.Truth))));
        Assert.Contains(heard, m => m.StartsWith("WARNING All ", StringComparison.Ordinal));
    }

    [Fact]
    public void Cancellation_is_seen_while_rows_are_read()
    {
        using var stop = new CancellationTokenSource();
        var (options, read) = (Linear("Number", 1), 0);
        options.CancellationToken = stop.Token;
        Assert.Throws<OperationCanceledException>(() => Context.Regression.Trainers.Torch(options).Fit(Context.Data.LoadFromEnumerable(Endless())));
        Assert.InRange(read, 100, 110);

        IEnumerable<Row> Endless()
        {
            while (true)
            {
                if (++read == 100) stop.Cancel();
                yield return Rows[0];
            }
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Cancellation_is_seen_in_the_middle_of_validation(bool keep)
    {
        using var stop = new CancellationTokenSource();
        var (options, validated) = (Linear("Number", 3), 0);
        (options.ValidationSet, options.CancellationToken, options.KeepModelWhenCancelled) = (View(Row.Some(20_000)), stop.Token, keep);
        options.Loss = (outputs, labels) =>
        {
            if (outputs.shape[0] > Rows.Count && ++validated == 1) stop.Cancel();
            return (outputs - labels).square();
        };
        if (keep) Context.Regression.Trainers.Torch(options).Fit(View(Rows));
        else Assert.Throws<OperationCanceledException>(() => Context.Regression.Trainers.Torch(options).Fit(View(Rows)));
        Assert.Equal(1, validated);
    }

    // Trainings with a seed wait for each other.
    [Fact]
    public async Task Cancellation_is_seen_while_another_training_runs()
    {
        using var running = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        var slow = Linear("Number", 1);
        slow.Progress = new Within(() =>
        {
            running.Set();
            end.Wait();
        });
        var first = Task.Run(() => Context.Regression.Trainers.Torch(slow).Fit(View(Rows)));
        running.Wait();
        using var stop = new CancellationTokenSource();
        var options = Linear("Number", 1);
        options.CancellationToken = stop.Token;
        var second = Task.Run(() => Context.Regression.Trainers.Torch(options).Fit(View(Rows)));
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        end.Set();
        await first;
    }

    private sealed class Within(Action then) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => then();
    }

    [Fact]
    public void Features_of_far_scales_are_told_once_and_can_be_standardized_inside()
    {
        var wide = Row.Some(120);
        foreach (var row in wide) row.Features[1] = row.Features[1] * 1000 + 5000;
        var heard = Heard(context => context.Regression.Trainers.Torch(new TorchTrainerOptions { LabelColumnName = "Number", Epochs = 1 }).Fit(View(wide)));
        Assert.Single(heard, m => m.StartsWith("WARNING The features in column 'Features' differ in scale", StringComparison.Ordinal));
        Assert.DoesNotContain(Heard(context => context.Regression.Trainers.Torch("Number", epochs: 1).Fit(View(Rows))), m => m.StartsWith("WARNING", StringComparison.Ordinal));

        var inside = new TorchTrainerOptions { LabelColumnName = "Number", StandardizeFeatures = true, Epochs = 20, Seed = 1 };
        Assert.DoesNotContain(Heard(context => context.Regression.Trainers.Torch(inside).Fit(View(wide))), m => m.StartsWith("WARNING", StringComparison.Ordinal));
        var model = Context.Regression.Trainers.Torch(inside).Fit(View(wide));
        var outside = Context.Transforms.NormalizeMeanVariance("Features", fixZero: false)
            .Append(Context.Regression.Trainers.Torch(new TorchTrainerOptions { LabelColumnName = "Number", Epochs = 20, Seed = 1 })).Fit(View(wide));
        Assert.All(model.Scores(View(wide)).Zip(outside.Scores(View(wide))), pair => Assert.Equal(pair.Second, pair.First, 0.02f));
        Assert.All(model.Scores(View(wide)).Zip(SaveAndLoad(model, View(wide)).Scores(View(wide))), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    // As diabetes: the label is far from 0 and wide, which an output layer that begins near 0 would need long to reach.
    [Fact]
    public void Regression_reaches_a_label_of_any_scale_with_defaults()
    {
        var rows = Row.Some(440);
        foreach (var row in rows) row.Number = 150 + 25 * row.Number;
        var model = Context.Regression.Trainers.Torch("Number", seed: 1).Fit(View(rows));
        Assert.InRange(Context.Regression.Evaluate(model.Transform(View(rows)), "Number").RSquared, 0.85, 1);
        Assert.All(model.Scores(View(rows)).Zip(SaveAndLoad(model, View(rows)).Scores(View(rows))), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
    }

    [Fact]
    public void A_raw_validation_set_in_a_pipeline_is_refused()
    {
        var options = Linear("Number", 1);
        options.ValidationSet = View(Rows);
        var steps = Context.Transforms.NormalizeMeanVariance("Features");
        var error = Assert.Throws<InvalidOperationException>(() => steps.Append(Context.Regression.Trainers.Torch(options)).Fit(View(Rows)));
        Assert.Contains("has not been through the steps", error.Message, StringComparison.Ordinal);
        options.ValidationSet = steps.Fit(View(Rows)).Transform(View(Rows));
        steps.Append(Context.Regression.Trainers.Torch(options)).Fit(View(Rows));
    }

    // Steps that were fitted on other rows number classes and slots in another order.
    [Fact]
    public void A_validation_set_with_other_keys_or_slots_is_refused()
    {
        var options = Linear("Label", 1);
        options.ValidationSet = Keyed(Rows.OrderByDescending(row => row.Kind));
        var train = Keyed(Rows.OrderBy(row => row.Kind));
        Assert.Contains("key values", Refused(() => Context.MulticlassClassification.Trainers.Torch(options).Fit(train)), StringComparison.Ordinal);
        options.ValidationSet = Keys(View(Rows.OrderBy(row => row.Kind))).Transform(View(Rows.Take(9)));
        Context.MulticlassClassification.Trainers.Torch(options).Fit(train);

        options = Linear("Number", 1);
        options.ValidationSet = Slots(Rows.OrderByDescending(row => row.Kind));
        Assert.Contains("slots", Refused(() => Context.Regression.Trainers.Torch(options).Fit(Slots(Rows.OrderBy(row => row.Kind)))), StringComparison.Ordinal);

        static IDataView Slots(IEnumerable<Row> rows) => Context.Transforms.Categorical.OneHotEncoding("Features", "Kind").Fit(View(rows)).Transform(View(rows));
        static string Refused(Action fit) => Assert.Throws<InvalidOperationException>(fit).Message;
    }

    [Fact]
    public void Rows_of_the_validation_set_are_named_as_such()
    {
        var options = Linear("Number", 1);
        options.ValidationSet = View([]);
        Assert.Contains("The ValidationSet has no rows", Refused(), StringComparison.Ordinal);
        options.ValidationSet = View([Rows[0], new() { Features = [1, 2, 3], Number = float.NaN }]);
        Assert.Contains(Heard(context => context.Regression.Trainers.Torch(options).Fit(View(Rows))),
            m => m.StartsWith("WARNING 1 row of the ValidationSet with 'Number'", StringComparison.Ordinal));
        options.BadRows = BadRows.Throw;
        Assert.Contains("Row 1 of the ValidationSet has NaN", Refused(), StringComparison.Ordinal);

        string Refused() => Assert.Throws<InvalidOperationException>(() => Context.Regression.Trainers.Torch(options).Fit(View(Rows))).Message;
    }

    [Fact]
    public void A_row_that_is_wrong_in_two_columns_is_counted_once()
    {
        var bad = Row.Some(20);
        (bad[3].Features[0], bad[3].Number) = (float.NaN, float.NaN);
        var heard = Heard(context => context.Regression.Trainers.Torch(Linear("Number", 1)).Fit(View(bad)));
        Assert.Single(heard, m => m.Contains("skipped", StringComparison.Ordinal));
    }

    [Fact]
    public void Training_goes_on_from_a_model_which_stays_as_it_is()
    {
        var options = Linear("Number", 3);
        options.Optimizer = parameters => optim.SGD(parameters, 0.05);
        var trainer = Context.Regression.Trainers.Torch(options);
        var old = trainer.Fit(View(Rows));
        var before = old.Weights();
        var next = trainer.Fit(View(Rows), old);
        Assert.Equal(before, old.Weights());
        options.Epochs = 6;
        // Plain descent on all rows has no state but the weights.
        Assert.All(Context.Regression.Trainers.Torch(options).Fit(View(Rows)).Weights().Zip(next.Weights()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void A_model_that_does_not_fit_cannot_be_trained_on_from()
    {
        var old = Context.Regression.Trainers.Torch(Linear("Number", 1)).Fit(View(Rows));
        Assert.Throws<ArgumentException>(() => Context.BinaryClassification.Trainers.Torch(Linear("Truth", 1)).Fit(View(Rows), old));
        Assert.Throws<ArgumentException>(() => Context.Regression.Trainers.Torch("Number").Fit(View(Rows), old));
        var options = Linear("Number", 1);
        options.Module = _ => old.Model.Module;
        Assert.Contains("Fit(data, model)", Assert.Throws<InvalidOperationException>(() => Context.Regression.Trainers.Torch(options).Fit(View(Rows))).Message, StringComparison.Ordinal);
        Assert.All(old.Scores(View(Rows)), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void A_model_that_was_disposed_says_so()
    {
        var trainer = Context.BinaryClassification.Trainers.Torch(Linear("Truth", 1));
        var model = trainer.Fit(View(Rows));
        var strict = Context.BinaryClassification.ChangeModelThreshold(model, 1);
        model.Model.Dispose();
        foreach (var disposed in new[] { model, strict })
        {
            Assert.Throws<ObjectDisposedException>(() => disposed.Scores(View(Rows)));
            Assert.Throws<ObjectDisposedException>(() => trainer.Fit(View(Rows), disposed));
            Assert.Throws<ObjectDisposedException>(() => Context.Model.Save(disposed, View(Rows).Schema, file));
            Assert.Throws<ObjectDisposedException>(() => Context.Model.SaveTorch(disposed, View(Rows).Schema, file));
            Assert.Throws<ObjectDisposedException>(() => disposed.SaveAsOnnx(new MemoryStream()));
        }
    }

    private ITransformer SaveAndLoad(ITransformer model, IDataView data)
    {
        Context.Model.Save(model, data.Schema, file);
        return new MLContext().Model.Load(file, out _);
    }

    /// <summary>Refuses a second cursor while one is open.</summary>
    private sealed class OneReader(IDataView source) : IDataView
    {
        private int open;

        public bool CanShuffle => false;
        public DataViewSchema Schema => source.Schema;
        public long? GetRowCount() => null;
        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            if (Interlocked.Increment(ref open) > 1) throw new InvalidOperationException("There is already an open DataReader.");
            return new Cursor(this, source.GetRowCursor(columnsNeeded));
        }

        private sealed class Cursor(OneReader owner, DataViewRowCursor inner) : DataViewRowCursor
        {
            public override long Position => inner.Position;
            public override long Batch => inner.Batch;
            public override DataViewSchema Schema => inner.Schema;
            public override bool IsColumnActive(DataViewSchema.Column column) => inner.IsColumnActive(column);
            public override ValueGetter<DataViewRowId> GetIdGetter() => inner.GetIdGetter();
            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => inner.GetGetter<TValue>(column);
            public override bool MoveNext() => inner.MoveNext();

            protected override void Dispose(bool disposing)
            {
                if (disposing && inner is not null) Interlocked.Decrement(ref owner.open);
                base.Dispose(disposing);
            }
        }
    }
}
