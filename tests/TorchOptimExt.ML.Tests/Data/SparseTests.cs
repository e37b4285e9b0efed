using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests.Data;

/// <summary>Features that come without their zeros.</summary>
public sealed class SparseTests : IDisposable
{
    private const int Slots = 400;

    private readonly string folder = Directory.CreateTempSubdirectory("sparse-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Of 1,000 possible words, a text has a few; what it is about follows from some of them. One text is empty.
    private static List<Text> Texts(int count, int perText = 8)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(k =>
        {
            int[] words = k == 5 ? [] : [.. Enumerable.Range(0, perText).Select(_ => random.Next(Slots)).Distinct().Order()];
            return new Text
            {
                Features = new(Slots, words.Length, [.. words.Select(_ => random.NextSingle() + 0.1f)], words),
                Number = words.Sum(w => w % 7 - 3),
                Truth = words.Count(w => w % 2 == 0) > perText / 2,
                Class = $"{words.Count(w => w % 3 == 0) % 3}",
                Targets = [words.Sum(w => w % 5), words.Length],
                Tags = [words.Any(w => w < 100), words.Any(w => w > 300)],
                Weight = 1 + k % 3,
            };
        })];
    }

    private static IDataView Sparse(List<Text> texts) => Keyed(texts);

    private static IDataView Dense(List<Text> texts) => Keyed([.. texts.Select(text => text with { Features = new(Slots, [.. text.Features.DenseValues()]) })]);

    private static IDataView Keyed(List<Text> texts)
    {
        var view = Context.Data.LoadFromEnumerable(texts);
        var keyed = Context.Transforms.Conversion.MapValueToKey("Key", "Class").Fit(view).Transform(view);
        return Context.Transforms.CopyColumns("Class", "Key").Fit(keyed).Transform(keyed);
    }

    [Theory, MemberData(nameof(TaskModels.Names), MemberType = typeof(TaskModels))]
    public void One_step_from_sparse_rows_is_one_from_dense_rows(string task)
    {
        var texts = Texts(100);
        TorchTrainerOptions Options() => new() { Epochs = 1, BatchSize = null, Seed = 2, Optimizer = parameters => optim.SGD(parameters, 1) };
        var (sparse, dense) = (TaskModels.Trainer(task, Options()).Fit(Sparse(texts)), TaskModels.Trainer(task, Options()).Fit(Dense(texts)));
        AssertClose(dense, sparse, 1e-6);
    }

    [Theory, MemberData(nameof(TaskModels.Names), MemberType = typeof(TaskModels))]
    public void Training_goes_the_way_that_dense_rows_go(string task)
    {
        var texts = Texts(200);
        foreach (var set in (Action<TorchTrainerOptions>[])[
            options => options.BatchSize = 16,
            options => (options.BatchSize, options.ExampleWeightColumnName, options.ValidationFraction) = (32, "Weight", 0.2),
            // Not Adam: of a bias before batch normalization the gradient is rounding alone, which it would make large.
            options => (options.BatchSize, options.Mlp, options.Optimizer) = (32, new() { HiddenSizes = [8, 4], BatchNormalization = true, Activation = Activation.Tanh }, parameters => optim.SGD(parameters, 0.1)),
            options => (options.BatchSize, options.Mlp, options.StandardizeFeatures) = (32, new() { HiddenSizes = [] }, true),
            options => (options.BatchSize, options.Mlp, options.Optimizer) = (null, new() { HiddenSizes = [] }, parameters => optim.WolfeLBFGS(parameters)),
            options => (options.BatchSize, options.Mlp, options.Optimizer) = (null, new() { HiddenSizes = [] }, parameters => optim.ArmijoGD(parameters)),
        ])
        {
            TorchTrainerOptions Options()
            {
                var options = new TorchTrainerOptions { Epochs = 3, Seed = 2 };
                set(options);
                return options;
            }
            AssertClose(TaskModels.Trainer(task, Options()).Fit(Dense(texts)), TaskModels.Trainer(task, Options()).Fit(Sparse(texts)), 2e-3);
        }
    }

    public static TheoryData<string> Optimizers => [.. Made.Keys];

    private static readonly Dictionary<string, Func<IEnumerable<TorchSharp.Modules.Parameter>, optim.Optimizer>> Made = new()
    {
        ["SGD"] = parameters => optim.SGD(parameters, 0.05, momentum: 0.9, weight_decay: 0.01, nesterov: true),
        ["Adam"] = parameters => optim.Adam(parameters, weight_decay: 0.01, amsgrad: true),
        ["AdamW"] = parameters => optim.AdamW(parameters, weight_decay: 0.01),
        ["RMSProp"] = parameters => optim.RMSProp(parameters, 0.001, eps: 1e-4, weight_decay: 0.01, centered: true),
        ["Adagrad"] = parameters => optim.Adagrad(parameters, weight_decay: 0.01),
        ["Adadelta"] = parameters => optim.Adadelta(parameters, weight_decay: 0.01),
        ["Adamax"] = parameters => optim.Adamax(parameters, weight_decay: 0.01),
        ["NAdam"] = parameters => optim.NAdam(parameters, weight_decay: 0.01),
        ["RAdam"] = parameters => optim.RAdam(parameters, weight_decay: 0.01),
        ["ASGD"] = parameters => optim.ASGD(parameters, weight_decay: 0.01),
        ["fused SGD"] = parameters => optim.fused.SGD(parameters, 0.05, weight_decay: 0.01),
        ["fused Adam"] = parameters => optim.fused.Adam(parameters, weight_decay: 0.01),
    };

    // Batches touch other columns each, and what an optimizer may do to a gradient must not reach the next batch's.
    [Theory, MemberData(nameof(Optimizers))]
    public void Small_batches_give_each_optimizer_the_gradients_of_dense_rows(string optimizer)
    {
        var texts = Texts(200);
        TorchTrainerOptions Options() => new() { Mlp = new() { HiddenSizes = [] }, BatchSize = 8, Epochs = 2, Seed = 2, Optimizer = Made[optimizer], MaxGradientNorm = 0.5 };
        AssertClose(TaskModels.Trainer("binary", Options()).Fit(Dense(texts)), TaskModels.Trainer("binary", Options()).Fit(Sparse(texts)), 1e-4);
    }

    // Newton's directions need second derivatives.
    [Theory, InlineData(true), InlineData(false)]
    public void Newtons_methods_go_the_way_that_dense_rows_go(bool trust)
    {
        var texts = Texts(100);
        TorchTrainerOptions Options() => new()
        {
            Mlp = new() { HiddenSizes = [3], Activation = Activation.Tanh },
            BatchSize = null,
            Epochs = 3,
            Seed = 2,
            StandardizeFeatures = true,
            Optimizer = parameters => trust ? optim.TrustRegionNewton(parameters) : optim.ArmijoNewton(parameters),
        };
        AssertClose(TaskModels.Trainer("binary", Options()).Fit(Dense(texts)), TaskModels.Trainer("binary", Options()).Fit(Sparse(texts)), 2e-3);
    }

    [Fact]
    public void A_model_of_sparse_rows_has_the_layers_of_any_other_and_is_saved_as_such()
    {
        var texts = Texts(100);
        var (sparse, dense) = (Fit(Sparse(texts)), Fit(Dense(texts)));
        Assert.Equal(Shapes(dense), Shapes(sparse));
        Assert.All(sparse.Model.Module.parameters(), parameter => Assert.True(parameter.is_contiguous()));
        var path = Path.Combine(folder, "model.zip");
        Context.Model.SaveTorch(sparse, null, path);
        Assert.Equal(sparse.Scores(Dense(texts)), Context.Model.LoadTorch(path, out _).Scores(Dense(texts)));
        Context.Model.Save(sparse, Sparse(texts).Schema, path);
        Assert.Equal(sparse.Scores(Dense(texts)), TorchTransformer.Restore(Context.Model.Load(path, out _)).Scores(Sparse(texts)));
        Assert.Equal(sparse.Weights(), TaskModels.Trainer("regression", new() { Epochs = 1, Seed = 2, Optimizer = parameters => optim.SGD(parameters, 0) }).Fit(Dense(texts), sparse).Weights());

        static IEnumerable<string> Shapes(TorchTransformer model) => model.Model.Module.named_parameters().Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]");
    }

    [Fact]
    public void An_optimizer_sees_the_parameters_of_linear_layers()
    {
        var seen = new List<string>();
        var options = new TorchTrainerOptions
        {
            Epochs = 1,
            Optimizer = parameters =>
            {
                seen.AddRange(parameters.Select(p => string.Join(", ", p.shape)));
                return optim.Adam(parameters);
            },
        };
        TaskModels.Trainer("regression", options).Fit(Sparse(Texts(50)));
        Assert.Equal([$"128, {Slots}", "128", "1, 128", "1"], seen);
    }

    [Fact]
    public void A_module_of_your_own_gets_dense_batches_and_gives_the_bits_of_dense_rows()
    {
        var texts = Texts(100);
        foreach (var size in (int?[])[16, null])
        {
            TorchTrainerOptions Options() => new() { Module = inputs => nn.Sequential(nn.Linear(inputs, 4), nn.Tanh(), nn.Linear(4, 1)), Epochs = 2, Seed = 3, BatchSize = size, ValidationFraction = 0.1 };
            Assert.Equal(TaskModels.Trainer("binary", Options()).Fit(Dense(texts)).Weights(), TaskModels.Trainer("binary", Options()).Fit(Sparse(texts)).Weights());
        }
    }

    [Fact]
    public void Rows_of_more_than_5_percent_are_trained_on_as_dense_ones()
    {
        var texts = Texts(100, perText: 25);
        Assert.Equal(Fit(Dense(texts)).Weights(), Fit(Sparse(texts)).Weights());
        var few = Texts(100);
        few[99] = few[99] with { Features = Texts(10, perText: 390)[0].Features };        // one full row alone does not make them dense
        AssertClose(Fit(Dense(few)), Fit(Sparse(few)), 1e-3);
    }

    [Fact]
    public void Rows_on_disk_give_the_weights_of_rows_in_memory()
    {
        TorchTrainerOptions Options(RowCache cache) => new() { Epochs = 2, Seed = 3, BatchSize = 16, ValidationFraction = 0.2, StandardizeFeatures = true, RowCache = cache, CacheDirectory = folder };
        var texts = Texts(200);
        Assert.Equal(TaskModels.Trainer("binary", Options(RowCache.Memory)).Fit(Sparse(texts)).Weights(), TaskModels.Trainer("binary", Options(RowCache.Disk)).Fit(Sparse(texts)).Weights());
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void The_space_that_sparse_rows_need_on_disk_is_not_that_of_dense_ones()
    {
        const int slots = 2_000_000_000;
        var schema = SchemaDefinition.Create(typeof(Wide));
        schema[nameof(Wide.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, slots);
        var messages = new List<string>();
        var context = new MLContext();
        context.Log += (_, message) => messages.Add(message.Message);
        var wide = Enumerable.Range(0, 10).Select(i => new Wide { Features = new(slots, 1, [float.NaN], [i]), Truth = i % 2 == 0 });
        var options = new TorchTrainerOptions { LabelColumnName = "Truth", RowCache = RowCache.Disk, CacheDirectory = folder, Context = context };
        Assert.Throws<InvalidOperationException>(() => Context.BinaryClassification.Trainers.Torch(options).Fit(Context.Data.LoadFromEnumerable(wide, schema)));
        Assert.Contains(messages, message => message.Contains("up to 8,000,000,040 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public void Standardization_is_that_of_dense_rows()
    {
        var texts = Texts(200);
        TorchTrainerOptions Options() => new() { Epochs = 1, Seed = 2, StandardizeFeatures = true, ExampleWeightColumnName = "Weight", BatchSize = null, Optimizer = parameters => optim.SGD(parameters, 0.1) };
        var (sparse, dense) = (TaskModels.Trainer("regression", Options()).Fit(Sparse(texts)), TaskModels.Trainer("regression", Options()).Fit(Dense(texts)));
        AssertClose(dense, sparse, 1e-5);
        foreach (var (a, b) in dense.Scores(Dense(texts)).Zip(sparse.Scores(Sparse(texts)))) Assert.Equal(a, b, 1e-4f);
    }

    [Fact]
    public void Rows_with_missing_values_are_left_out()
    {
        var texts = Texts(60);
        var bad = texts[10].Features.GetValues().ToArray();
        bad[1] = float.NaN;
        texts[10] = texts[10] with { Features = new(Slots, bad.Length, bad, texts[10].Features.GetIndices().ToArray()) };
        AssertClose(Fit(Dense(texts)), Fit(Sparse(texts)), 1e-3);
    }

    [Fact]
    public void A_training_that_goes_on_from_a_checkpoint_ends_with_the_same_bits()
    {
        TorchTrainerOptions Options(int epochs, string? checkpoint) => new() { Epochs = epochs, Seed = 3, BatchSize = 16, ValidationFraction = 0.2, CheckpointPath = checkpoint is null ? null : Path.Combine(folder, checkpoint) };
        var data = Sparse(Texts(100));
        var whole = TaskModels.Trainer("binary", Options(4, "whole.ckpt")).Fit(data);
        TaskModels.Trainer("binary", Options(2, "part.ckpt")).Fit(data);
        Assert.Equal(whole.Weights(), TaskModels.Trainer("binary", Options(4, "part.ckpt")).Fit(data).Weights());
        AssertClose(TaskModels.Trainer("binary", Options(4, null)).Fit(data), whole, 1e-5);
    }

    [Fact]
    public void Rows_that_would_not_fit_into_memory_if_dense_are_trained_on()
    {
        const int rows = 20_000, slots = 2_000_000;        // 160 GB
        var data = Context.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(i => new Wide { Features = new(slots, 2, [1, 1], [i % 1000, 1000 + i * 90]), Truth = i % 2 == 0 }));
        var reports = new List<EpochReport>();
        var options = new TorchTrainerOptions { LabelColumnName = "Truth", Mlp = new() { HiddenSizes = [2] }, Epochs = 1, BatchSize = 4096, Progress = new Kept(reports), Seed = 1 };
        Context.BinaryClassification.Trainers.Torch(options).Fit(data);
        Assert.True(double.IsFinite(reports.Single().TrainLoss));
    }

    private static TorchTransformer Fit(IDataView data) => TaskModels.Trainer("regression", new() { Epochs = 2, BatchSize = 16, Seed = 2 }).Fit(data);

    private static void AssertClose(TorchTransformer expected, TorchTransformer actual, double tolerance)
    {
        var (first, second) = (expected.Weights(), actual.Weights());
        var largest = first.Max(Math.Abs);
        Assert.Equal(first.Length, second.Length);
        Assert.All(first.Zip(second), pair => Assert.Equal(pair.First, pair.Second, tolerance * largest));
    }

    private sealed class Kept(List<EpochReport> reports) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => reports.Add(value);
    }

    private sealed record Text
    {
        [VectorType(Slots)] public VBuffer<float> Features { get; set; }
        public float Number { get; set; }
        public bool Truth { get; set; }
        public string Class { get; set; } = "";
        [VectorType(2)] public float[] Targets { get; set; } = [];
        [VectorType(2)] public bool[] Tags { get; set; } = [];
        public float Weight { get; set; }
    }

    private sealed class Wide
    {
        [VectorType(2_000_000)] public VBuffer<float> Features { get; set; }
        public bool Truth { get; set; }
    }
}
