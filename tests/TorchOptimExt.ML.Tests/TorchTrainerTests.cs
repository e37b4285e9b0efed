using Microsoft.ML.Data;
using MlTraining;
using TorchSharp;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests;

/// <summary>Linear models have optima that can be worked out without the code under test.</summary>
public class TorchTrainerTests
{
    private const int Count = 300;

    private static readonly List<Row> Rows = Row.Some(Count);

    [Fact]
    public void Least_squares_solves_the_normal_equations()
    {
        var options = Linear("Number", 3);
        options.StandardizeLabel = false;
        options.Optimizer = parameters => optim.ArmijoNewton(parameters);
        var weights = Context.Regression.Trainers.Torch(options).Fit(View(Rows)).Weights();
        Assert.All(weights.Zip(LeastSquares.Solve(Rows)), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
    }

    [Fact]
    public void Logistic_regression_ends_where_the_likelihoods_gradient_is_0()
    {
        var options = Linear("Truth", 20);
        options.Optimizer = parameters => optim.ArmijoNewton(parameters);
        var scores = Context.BinaryClassification.Trainers.Torch(options).Fit(View(Rows)).Scores(View(Rows));
        double[] errors = [.. scores.Zip(Rows, (score, row) => 1 / (1 + Math.Exp(-score)) - (row.Truth ? 1 : 0))];
        AssertOrthogonal(errors);
    }

    [Fact]
    public void Softmax_regression_ends_where_the_likelihoods_gradient_is_0()
    {
        var options = Linear("Label", 60);
        options.Optimizer = parameters => optim.LBFGS(parameters, lr: 1, max_iter: 20);
        var data = Keyed(Rows);
        var scores = Context.MulticlassClassification.Trainers.Torch(options).Fit(data).ClassScores(data);
        string[] classes = [.. Rows.Select(r => r.Kind).Distinct()];
        Assert.Equal(3, classes.Length);
        Assert.All(scores, s => Assert.Equal(1, s.Sum(), 1e-5));
        for (var k = 0; k < classes.Length; k++)
            AssertOrthogonal([.. scores.Zip(Rows, (s, row) => s[k] - (row.Kind == classes[k] ? 1.0 : 0))]);
    }

    [Fact]
    public void A_weight_counts_like_so_many_copies_of_the_row()
    {
        var weighted = Linear("Number", 30);
        weighted.ExampleWeightColumnName = "Weight";
        var copies = Linear("Number", 30);
        weighted.Optimizer = copies.Optimizer = parameters => optim.SGD(parameters, 0.1);
        var first = Context.Regression.Trainers.Torch(weighted).Fit(View(Rows)).Weights();
        var second = Context.Regression.Trainers.Torch(copies).Fit(View(Rows.SelectMany(r => Enumerable.Repeat(r, (int)r.Weight)))).Weights();
        Assert.All(first.Zip(second), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_other_ones()
    {
        float[] Train(long seed) => Context.Regression.Trainers.Torch("Number", epochs: 2, seed: seed).Fit(View(Rows)).Weights();
        var first = Train(3);
        manual_seed(77);
        Assert.Equal(first, Train(3));
        Assert.NotEqual(first, Train(4));
    }

    [Fact]
    public void Both_overloads_train_alike()
    {
        Func<long, long, nn.Module<Tensor, Tensor>> module = (inputs, outputs) => new TwoLayers(inputs, outputs);
        var named = Context.Regression.Trainers.Torch("Number", "Features", "Weight", module, parameters => optim.SGD(parameters, 0.01), epochs: 3, batchSize: 16, seed: 2);
        var options = Context.Regression.Trainers.Torch(new TorchTrainerOptions
        {
            LabelColumnName = "Number",
            ExampleWeightColumnName = "Weight",
            ModuleWithOutputs = module,
            Optimizer = parameters => optim.SGD(parameters, 0.01),
            Epochs = 3,
            BatchSize = 16,
            Seed = 2,
        });
        Assert.Equal(options.Fit(View(Rows)).Weights(), named.Fit(View(Rows)).Weights());
    }

    [Fact]
    public void Keys_of_every_width_train_alike()
    {
        float[] Train<T>(Func<int, T> row) where T : class =>
            Context.MulticlassClassification.Trainers.Torch(Linear("Label", 3)).Fit(Context.Data.LoadFromEnumerable(Enumerable.Range(0, 30).Select(row))).Weights();
        var expected = Train(i => new UIntLabel { Features = [i % 3, i], Label = (uint)(i % 3) });
        Assert.Equal(expected, Train(i => new ByteLabel { Features = [i % 3, i], Label = (byte)(i % 3) }));
        Assert.Equal(expected, Train(i => new ULongLabel { Features = [i % 3, i], Label = (ulong)(i % 3) }));
    }

    private class Two
    {
        [VectorType(2)] public float[] Features { get; set; } = [];
    }

    private sealed class ByteLabel : Two
    {
        [KeyType(3)] public byte Label { get; set; }
    }

    private sealed class UIntLabel : Two
    {
        [KeyType(3)] public uint Label { get; set; }
    }

    private sealed class ULongLabel : Two
    {
        [KeyType(3)] public ulong Label { get; set; }
    }

    [Fact]
    public void A_trained_module_keeps_no_gradients()
    {
        var model = Context.Regression.Trainers.Torch("Number", epochs: 1).Fit(View(Rows));
        Assert.All(model.Model.Module.parameters(), p => Assert.Null(p.grad));
    }

    [Fact]
    public void Sparse_features_train_like_dense_ones()
    {
        var options = Linear("Truth", 3);
        var rows = Row.Some(60);
        foreach (var row in rows) row.Features[1] = 0;
        var dense = Context.BinaryClassification.Trainers.Torch(options).Fit(View(rows));
        var sparse = new SparseView(View(rows));
        var same = Context.BinaryClassification.Trainers.Torch(options).Fit(sparse);
        Assert.Equal(dense.Weights(), same.Weights());
        Assert.Equal(dense.Scores(View(rows)), same.Scores(sparse));
    }

    [Fact]
    public void Training_leaves_no_tensor_behind_but_the_modules()
    {
        var options = Linear("Number", 2);
        options.BatchSize = 50;
        Context.Regression.Trainers.Torch(options).Fit(View(Rows)).Model.Dispose();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Context.Regression.Trainers.Torch(options).Fit(View(Rows)).Model.Dispose();
        Assert.InRange(DisposeScopeManager.Statistics.ThreadTotalLiveCount - before, long.MinValue, 0);
    }

    // Rows are float32, and so is the built-in perceptron.
    [Theory, MemberData(nameof(TaskModels.Names), MemberType = typeof(TaskModels))]
    public void Torchs_default_type_changes_nothing(string task)
    {
        var (model, data) = TaskModels.Fit(task);
        set_default_dtype(ScalarType.Float64);
        try
        {
            Assert.Equal(TaskModels.Scores(model, data), TaskModels.Scores(TaskModels.Fit(task).model, data));
            using var file = new MemoryStream();
            Context.Model.Save(model, data.Schema, file);
            Assert.NotEmpty(TaskModels.Scores(Context.Model.Load(file, out _), data));
            var sparse = new SparseView(data);
            Assert.NotEmpty(TaskModels.Scores(TaskModels.Trainer(task, new TorchTrainerOptions { Epochs = 1, StandardizeFeatures = true }).Fit(sparse), sparse));
            Context.Model.ConvertTorchToOnnx(model, data, new MemoryStream());
        }
        finally { set_default_dtype(ScalarType.Float32); }
    }

    [Fact]
    public void A_model_outlives_the_dispose_scope_in_which_it_was_trained()
    {
        TorchTransformer model;
        using (NewDisposeScope())
            model = Context.Regression.Trainers.Torch(new TorchTrainerOptions { LabelColumnName = "Number", Mlp = new() { BatchNormalization = true }, Epochs = 1 }).Fit(View(Rows));
        Assert.All(model.Scores(View(Rows)), score => Assert.True(float.IsFinite(score)));
    }

    // The gradient of the mean negative log-likelihood of a linear model: the errors' mean, and their means with each feature.
    private static void AssertOrthogonal(double[] errors)
    {
        Assert.Equal(0, errors.Average(), 1e-5);
        for (var slot = 0; slot < 3; slot++) Assert.Equal(0, errors.Zip(Rows, (e, row) => e * row.Features[slot]).Average(), 1e-5);
    }
}
