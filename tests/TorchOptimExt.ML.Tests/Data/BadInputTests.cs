using Microsoft.ML;
using Microsoft.ML.Data;
using MlTraining;
using TorchSharp.Modules;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests.Data;

/// <summary>Every error names the column or the row.</summary>
public class BadInputTests
{
    private static readonly List<Row> Rows = Row.Some(10);

    [Fact]
    public void Columns_that_are_missing_or_of_another_type_are_named()
    {
        Refuses<ArgumentOutOfRangeException>("Missing", () => Regression("Missing"));
        Refuses<ArgumentOutOfRangeException>("Absent", () => Regression(features: "Absent"));
        Refuses<ArgumentOutOfRangeException>("NoWeight", () => Regression(weight: "NoWeight"));
        Refuses<ArgumentOutOfRangeException>("Kind", () => Regression("Kind"));
        Refuses<ArgumentOutOfRangeException>("Weight", () => Regression(features: "Weight"));
        Refuses<ArgumentOutOfRangeException>("Truth", () => Regression(weight: "Truth"));
        Refuses<ArgumentOutOfRangeException>("Number", () => Context.BinaryClassification.Trainers.Torch("Number").Fit(View(Rows)));
        Refuses<ArgumentOutOfRangeException>("Kind", () => Context.MulticlassClassification.Trainers.Torch("Kind").Fit(View(Rows)));
    }

    [Fact]
    public void Columns_are_checked_before_a_pipeline_trains()
    {
        var pipeline = Context.Transforms.CopyColumns("Other", "Features").Append(Context.Regression.Trainers.Torch("Missing"));
        Assert.Contains("Missing", Assert.ThrowsAny<ArgumentException>(() => pipeline.Fit(View(Rows))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_rows_and_one_class_are_refused()
    {
        Refuses<InvalidOperationException>("no rows", () => Regression(rows: []));
        Refuses<InvalidOperationException>("Truth", () => Context.BinaryClassification.Trainers.Torch(Strict("Truth")).Fit(View(Rows.Where(r => r.Truth))));
        Refuses<InvalidOperationException>("Label", () => Context.MulticlassClassification.Trainers.Torch().Fit(Keyed(Rows.Where(r => r.Kind == "low"))));
    }

    [Fact]
    public void Values_that_are_no_numbers_are_named_by_row_and_column()
    {
        Refuses<InvalidOperationException>("Row 4 has NaN or infinite features in column 'Features'", () => Regression(rows: With(4, r => r.Features[1] = float.NaN)));
        Refuses<InvalidOperationException>("Row 5 has NaN or infinite features in column 'Features'", () => Regression(rows: With(5, r => r.Features[2] = float.NegativeInfinity)));
        Refuses<InvalidOperationException>("Row 6 has NaN or infinite label in column 'Number'", () => Regression(rows: With(6, r => r.Number = float.NaN)));
        Refuses<InvalidOperationException>("Row 7 has the negative weight -1 in column 'Weight'", () => Regression(weight: "Weight", rows: With(7, r => r.Weight = -1)));
        Refuses<InvalidOperationException>("All 3 weights in column 'Weight' are 0", () => Regression(weight: "Weight", rows: [.. Row.Some(3).Select(r => { r.Weight = 0; return r; })]));
    }

    [Fact]
    public void A_label_that_is_not_among_the_keys_is_named()
    {
        var keys = Keys(View(Rows.Where(r => r.Kind != "low")));
        var first = Rows.FindIndex(r => r.Kind == "low");
        Refuses<InvalidOperationException>($"Row {first} has no label in column 'Label'", () => Context.MulticlassClassification.Trainers.Torch(Strict("Label")).Fit(keys.Transform(View(Rows))));
    }

    [Fact]
    public void Features_of_varying_length_are_refused()
    {
        var rows = Context.Data.LoadFromEnumerable(new[] { new Varying { Features = [1, 2] }, new Varying { Features = [1] } });
        Refuses<ArgumentOutOfRangeException>("Features", () => Context.Regression.Trainers.Torch("Number").Fit(rows));
    }

    [Fact]
    public void A_module_of_the_wrong_width_is_told_the_right_one()
    {
        var options = new TorchTrainerOptions { LabelColumnName = "Number", Module = inputs => nn.Linear(inputs, 2) };
        Refuses<InvalidOperationException>("it must give [1, 1]", () => Context.Regression.Trainers.Torch(options).Fit(View(Rows)));
        options = new TorchTrainerOptions { Module = inputs => nn.Linear(inputs, 2) };
        Refuses<InvalidOperationException>("it must give [1, 3]", () => Context.MulticlassClassification.Trainers.Torch(options).Fit(Keyed(Rows)));
    }

    [Fact]
    public void A_module_for_other_features_is_told_what_it_is_given()
    {
        var options = new TorchTrainerOptions { LabelColumnName = "Number", Module = _ => nn.Linear(7, 1) };
        Refuses<InvalidOperationException>("cannot take rows of 3 features", () => Context.Regression.Trainers.Torch(options).Fit(View(Rows)));
    }

    [Fact]
    public void An_option_that_fails_or_makes_nothing_is_named()
    {
        Wrong("Optimizer made no optimizer", o => o.Optimizer = _ => null!);
        Wrong("Optimizer failed: ", o => o.Optimizer = _ => throw new TimeoutException());
        Wrong("Optimizer made an optimizer of none", o => o.Optimizer = _ => optim.Adam([new Parameter(zeros(1))]));
        Wrong("Scheduler made no schedule", o => o.Scheduler = _ => null!);
        using var parameter = new Parameter(zeros(1));
        using var another = optim.SGD([parameter], 0.1);
        Wrong("Scheduler made a schedule of another optimizer", o => o.Scheduler = _ => optim.lr_scheduler.StepLR(another, 1));
        Wrong("Scheduler failed: ", o => o.Scheduler = _ => throw new TimeoutException());
        Wrong("Loss returned null", o => o.Loss = (_, _) => null!);
        Wrong("Loss failed on outputs of shape [10] and labels of shape [10]", o => o.Loss = (outputs, _) => outputs + zeros(3));
        Wrong("The loss has no gradient", o => o.Loss = (outputs, labels) => (outputs.detach() - labels).square());
        Wrong("Module failed: ", o => o.Module = _ => throw new TimeoutException());
        // Of whatever type the failure is.
        Wrong("Module failed: none", o => o.Module = _ => throw new InvalidOperationException("none"));
        Wrong("ModuleName failed: none", o => o.ModuleName = Failing());
        Wrong("Loss failed on outputs of shape [10]", o => o.Loss = (_, _) => throw new ArgumentException("none"));
        Wrong("Mlp failed: ", o => o.Mlp.HiddenSizes = [int.MaxValue, int.MaxValue]);      // more than any memory

        static void Wrong(string part, Action<TorchTrainerOptions> set)
        {
            var options = new TorchTrainerOptions { LabelColumnName = "Number", Epochs = 1 };
            set(options);
            Refuses<InvalidOperationException>(part, () => Context.Regression.Trainers.Torch(options).Fit(View(Rows)));
        }
    }

    private static string Failing()
    {
        TorchModules.Register("failing", (_, _) => throw new InvalidOperationException("none"));
        return "failing";
    }

    [Fact]
    public void Rows_that_are_gone_when_they_are_read_again_are_told()
    {
        var rows = new Queue<Row>(Rows);
        Refuses<InvalidOperationException>("training data has 10 rows when they are counted and 0 when they are read", () =>
            Context.Regression.Trainers.Torch("Number").Fit(View(Once())));

        IEnumerable<Row> Once()
        {
            while (rows.TryDequeue(out var row)) yield return row;
        }
    }

    [Fact]
    public void Names_that_are_empty_are_refused_when_the_trainer_is_made()
    {
        Refuses<ArgumentException>("CheckpointPath", () => Context.Regression.Trainers.Torch(new TorchTrainerOptions { CheckpointPath = "" }));
        Refuses<ArgumentException>("ModuleName", () => Context.Regression.Trainers.Torch(new TorchTrainerOptions { ModuleName = "" }));
    }

    // One row has no variance, which batch normalization keeps.
    [Theory, InlineData(1, 64, 0), InlineData(2, null, 0.5), InlineData(10, 1, 0)]
    public void Batch_normalization_of_one_row_is_refused(int rows, int? batch, double validation)
    {
        var options = new TorchTrainerOptions
        {
            LabelColumnName = "Number",
            Module = inputs => nn.Sequential(nn.Linear(inputs, 4), nn.BatchNorm1d(4), nn.Linear(4, 1)),
            BatchSize = batch,
            ValidationFraction = validation,
            Epochs = 1,
        };
        Refuses<InvalidOperationException>("running_var", () => Context.Regression.Trainers.Torch(options).Fit(View(Rows.Take(rows))));
    }

    // Deviations that are 0 as float32 divided everything by 0.
    [Fact]
    public void Numbers_next_to_0_are_trained_on()
    {
        var rows = Row.Some(60);
        foreach (var row in rows) (row.Features[1], row.Number) = (0, 0);
        (rows[0].Features[1], rows[1].Number) = (float.Epsilon, float.Epsilon);
        var options = new TorchTrainerOptions { LabelColumnName = "Number", Epochs = 2, StandardizeFeatures = true };
        Assert.All(Context.Regression.Trainers.Torch(options).Fit(View(rows)).Scores(View(rows)), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void No_module_and_no_device_are_named()
    {
        Refuses<InvalidOperationException>("TorchTrainerOptions.Module made no module", () => Fit(new() { Module = _ => null! }));
        Refuses<InvalidOperationException>("TorchTrainerOptions.ModuleWithOutputs made no module", () => Fit(new() { ModuleWithOutputs = (_, _) => null! }));
        TorchModules.Register("nothing", (_, _) => null!);
        Refuses<InvalidOperationException>("'nothing' made no module", () => Fit(new() { ModuleName = "nothing" }));
        if (!OperatingSystem.IsMacOS()) Refuses<ArgumentException>("which is not available: no MPS device", () => Fit(new() { Device = new(TorchSharp.DeviceType.MPS) }));
        Refuses<ArgumentNullException>("Device", () => Context.Regression.Trainers.Torch(new TorchTrainerOptions { Device = null! }));

        TorchTransformer Fit(TorchTrainerOptions options)
        {
            options.LabelColumnName = "Number";
            return Context.Regression.Trainers.Torch(options).Fit(View(Rows));
        }
    }

    [Fact]
    public void A_loss_of_the_wrong_shape_is_told_the_right_one()
    {
        var options = Linear("Number", 1);
        options.Loss = (outputs, labels) => (outputs - labels).square().mean();
        Refuses<InvalidOperationException>("10 rows, as TorchSharp's losses do with Reduction.None", () => Context.Regression.Trainers.Torch(options).Fit(View(Rows)));
    }

    [Fact]
    public void Options_out_of_range_are_named_with_their_range()
    {
        void Wrong(string name, Action<TorchTrainerOptions> set)
        {
            var options = new TorchTrainerOptions();
            set(options);
            Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => Context.Regression.Trainers.Torch(options)).ParamName);
        }
        Wrong("Epochs", o => o.Epochs = 0);
        Wrong("BatchSize", o => o.BatchSize = 0);
        Wrong("BatchSize", o => (o.BatchSize, o.Mlp) = (1, new() { BatchNormalization = true }));
        Wrong("MaxGradientNorm", o => o.MaxGradientNorm = 0);
        Wrong("ValidationFraction", o => o.ValidationFraction = 1);
        Wrong("Patience", o => o.Patience = 0);
        Wrong("MinImprovement", o => o.MinImprovement = double.NaN);
        Wrong("CheckpointEvery", o => o.CheckpointEvery = 0);
        Wrong("BadRows", o => o.BadRows = (BadRows)7);
        Assert.Throws<ArgumentException>("ExampleWeightColumnName", () => Context.Regression.Trainers.Torch(new TorchTrainerOptions { ExampleWeightColumnName = "" }));
        Assert.Throws<ArgumentNullException>("catalog", () => TorchCatalog.Torch((RegressionCatalog.RegressionTrainers)null!, new TorchTrainerOptions()));
        Wrong("HiddenSizes", o => o.Mlp.HiddenSizes = [0]);
        Wrong("Dropout", o => o.Mlp.Dropout = 1);
    }

    [Fact]
    public void Scoring_says_which_features_it_needs()
    {
        var model = Regression();
        var other = Context.Data.LoadFromEnumerable(new[] { new Wide { Features = [1, 2, 3, 4] } });
        Refuses<ArgumentOutOfRangeException>("has 4 values; the model was trained on 3", () => model.Transform(other));
        Refuses<ArgumentOutOfRangeException>("no feature column 'Features'", () => model.Transform(Context.Transforms.DropColumns("Features").Fit(other).Transform(other)));
    }

    private static TorchTransformer Regression(string label = "Number", string features = "Features", string? weight = null, List<Row>? rows = null) =>
        Context.Regression.Trainers.Torch(Strict(label, features, weight)).Fit(View(rows ?? Rows));

    private static TorchTrainerOptions Strict(string label, string features = "Features", string? weight = null) =>
        new() { LabelColumnName = label, FeatureColumnName = features, ExampleWeightColumnName = weight, Epochs = 1, BadRows = BadRows.Throw };

    private static List<Row> With(int at, Action<Row> change)
    {
        var rows = Row.Some(10);
        change(rows[at]);
        return rows;
    }

    private static void Refuses<TException>(string part, Func<object> act) where TException : Exception =>
        Assert.Contains(part, Assert.Throws<TException>(act).Message, StringComparison.Ordinal);

    private sealed class Varying
    {
        public float[] Features { get; set; } = [];
        public float Number { get; set; }
    }

    private sealed class Wide
    {
        [VectorType(4)] public float[] Features { get; set; } = [];
    }
}
