using System.Globalization;
using Datasets;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Tests.Training;

/// <summary>With nothing but defaults, on features as they are, beside ML.NET's own trainers with theirs.</summary>
public class DefaultsTests
{
    private const int Folds = 5, Seed = 1;

    private readonly MLContext context = new(Seed);

    [Fact]
    public void Regression_is_within_2_hundredths_of_the_best_R2_on_diabetes()
    {
        var trainers = context.Regression.Trainers;
        AssertNear(0.02, Table("diabetes.csv", label => new() { Number = label }), trainers.Torch("Number"),
            [trainers.Sdca("Number"), trainers.LbfgsPoissonRegression("Number")],
            (data, trainer) => context.Regression.CrossValidate(data, trainer, Folds, "Number", seed: Seed).Average(f => f.Metrics.RSquared));
    }

    [Fact]
    public void Two_classes_are_within_a_percent_of_the_best_accuracy_on_breast_cancer()
    {
        var trainers = context.BinaryClassification.Trainers;
        AssertNear(0.01, Table("breast_cancer.csv", label => new() { Truth = label == 1 }), trainers.Torch("Truth"),
            [trainers.SdcaLogisticRegression("Truth"), trainers.LbfgsLogisticRegression("Truth")],
            (data, trainer) => context.BinaryClassification.CrossValidateNonCalibrated(data, trainer, Folds, "Truth", seed: Seed)
                .Average(f => f.Metrics.Accuracy));
    }

    [Theory, InlineData("wine"), InlineData("iris")]
    public void Several_classes_are_within_a_percent_of_the_best_accuracy(string name)
    {
        var trainers = context.MulticlassClassification.Trainers;
        AssertNear(0.01, name == "wine" ? Table("wine_data.csv", label => new() { Kind = $"{label}" }) : Irises(), trainers.Torch("Class"),
            [trainers.SdcaMaximumEntropy("Class"), trainers.LbfgsMaximumEntropy("Class")],
            (data, trainer) => context.MulticlassClassification.CrossValidate(data, trainer, Folds, "Class", seed: Seed)
                .Average(f => f.Metrics.MicroAccuracy));
    }

    private void AssertNear(double distance, List<Measures> rows, IEstimator<ITransformer> ours, IEstimator<ITransformer>[] theirs,
        Func<IDataView, IEstimator<ITransformer>, double> validate)
    {
        var schema = SchemaDefinition.Create(typeof(Measures));
        schema[nameof(Measures.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Features.Length);
        var view = context.Data.LoadFromEnumerable(rows, schema);
        var keyed = context.Data.Cache(context.Transforms.Conversion.MapValueToKey("Class", nameof(Measures.Kind)).Fit(view).Transform(view));
        Assert.InRange(validate(keyed, ours), theirs.Max(trainer => validate(keyed, trainer)) - distance, 1);
    }

    [Theory, InlineData(6_400, 20), InlineData(100_000, 20), InlineData(640, 30), InlineData(64, 300), InlineData(1, 300)]
    public void Few_rows_are_visited_so_often_that_there_are_300_steps(int rows, int epochs) =>
        Assert.Equal(epochs, new TorchTrainerOptions().EpochsOf(rows));

    // 1 + cos: twice the rate at first, the rate in the middle, none at the end.
    [Fact]
    public void The_default_rate_falls_to_nothing_over_the_default_length_only()
    {
        var (reports, given) = (new Reports(), new Reports());
        var rows = context.Data.LoadFromEnumerable(MlTraining.Row.Some(640));
        context.Regression.Trainers.Torch(new TorchTrainerOptions { LabelColumnName = "Number", Progress = reports }).Fit(rows);
        Assert.Equal(30, reports.Count);
        Assert.Equal(0.002, reports[0].LearningRate, 1e-9);
        Assert.Equal(0.001, reports[15].LearningRate, 1e-9);
        Assert.InRange(reports[29].LearningRate, 0, 0.00001);
        context.Regression.Trainers.Torch(new TorchTrainerOptions { LabelColumnName = "Number", Epochs = 3, Progress = given }).Fit(rows);
        Assert.Equal([0.001, 0.001, 0.001], given.Select(report => report.LearningRate));
    }

    [Fact]
    public void A_module_of_the_users_own_is_given_far_scales_as_they_are()
    {
        var rows = MlTraining.Row.Some(120);
        foreach (var row in rows) row.Features[1] *= 1000;
        var view = context.Data.LoadFromEnumerable(rows);
        Assert.NotNull(Fit(null).Model.FeatureScale);
        Assert.Null(Fit(inputs => TorchSharp.torch.nn.Linear(inputs, 1)).Model.FeatureScale);

        TorchTransformer Fit(Func<long, TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>>? module) =>
            context.Regression.Trainers.Torch(new TorchTrainerOptions { LabelColumnName = "Number", Module = module, Epochs = 1 }).Fit(view);
    }

    private static List<Measures> Table(string file, Func<float, Measures> label) =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", file)).Skip(1).Select(line =>
        {
            float[] numbers = [.. line.Split(',').Select(field => float.Parse(field, CultureInfo.InvariantCulture))];
            var row = label(numbers[^1]);
            row.Features = numbers[..^1];
            return row;
        })];

    private static List<Measures> Irises() => [.. Iris.Load().Flowers.Select(flower => new Measures
    {
        Features = [(float)flower.SepalLength, (float)flower.SepalWidth, (float)flower.PetalLength, (float)flower.PetalWidth],
        Kind = $"{flower.Species}",
    })];

    private sealed class Measures
    {
        public float[] Features { get; set; } = [];
        public float Number { get; set; }
        public bool Truth { get; set; }
        public string Kind { get; set; } = "";
    }
}
