using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt.ML.Scoring;
using TorchSharp.Modules;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests;

/// <summary>
/// Options and data drawn at random, 500 cases: each ends with an error that names an option, a column or a row, or gives a model that scores
/// after saving and loading as before.
/// </summary>
public class FuzzTests
{
    private const int CasesPerSeed = 50;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 10)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_case_ends_with_a_typed_error_or_a_model_that_scores_like_itself_after_loading(int seed)
    {
        TorchModules.Register("fuzzed", (inputs, outputs) => nn.Sequential(nn.Linear(inputs, 3), nn.Tanh(), nn.Linear(3, outputs)));
        var models = 0;
        for (var k = 0; k < CasesPerSeed; k++)
        {
            var random = new Random(seed * CasesPerSeed + k);
            var (data, options, task) = (Rows(random), Options(random), random.GetItems(Enum.GetValues<TaskKind>(), 1)[0]);
            var what = $"case {seed * CasesPerSeed + k}: {task}";
            try
            {
                options.LabelColumnName = task.ToString();
                var model = Trainer(task, options).Fit(data);
                AssertSameAfterLoading(model, data, what);
                models++;
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                Assert.True(Names(e.Message), $"{what}: {e}");
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{what}: {e}");
            }
        }
        Assert.InRange(models, CasesPerSeed / 5, CasesPerSeed);
    }

    // An option, a column, rows, the module: something that the user has given.
    private static bool Names(string message) => message.Length > 20
        && new[] { "TorchTrainerOptions", "column", "row", "module", "loss", "ClassWeights", "Leave ", "validation fraction", "BatchSize", "name" }
            .Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static TorchTrainer Trainer(TaskKind task, TorchTrainerOptions options) => task switch
    {
        TaskKind.BinaryClassification => Context.BinaryClassification.Trainers.Torch(options),
        TaskKind.MulticlassClassification => Context.MulticlassClassification.Trainers.Torch(options),
        TaskKind.Regression => Context.Regression.Trainers.Torch(options),
        TaskKind.MultiOutputRegression => Context.MultiOutputRegression().Trainers.Torch(options),
        _ => Context.MultiLabelClassification().Trainers.Torch(options),
    };

    private static void AssertSameAfterLoading(TorchTransformer model, IDataView data, string what)
    {
        using var stream = new MemoryStream();
        Context.Model.Save(model, data.Schema, stream);
        var loaded = Context.Model.Load(stream, out _);
        var expected = Scores(model.Transform(data));
        Assert.Equal(expected, Scores(TorchTransformer.Restore(loaded).Transform(data)));
        var rowByRow = Scores(loaded.Transform(data));
        Assert.Equal(expected.Length, rowByRow.Length);
        for (var k = 0; k < expected.Length; k++)
            Assert.True(expected[k].Equals(rowByRow[k]) || Math.Abs(expected[k] - rowByRow[k]) <= 1e-4f * Math.Max(1, Math.Abs(expected[k])),
                $"{what}: score {k} was {expected[k]} and is {rowByRow[k]}");
    }

    private static float[] Scores(IDataView scored) => scored.Schema["Score"].Type is VectorDataViewType
        ? [.. scored.GetColumn<float[]>("Score").SelectMany(s => s)] : [.. scored.GetColumn<float>("Score")];

    private static T One<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];

    // The usual choice mostly, so that most cases have at most a few odd ones.
    private static T Odd<T>(Random random, T usual, params T[] odd) => random.Next(12) == 0 ? One(random, odd) : usual;

    private static TorchTrainerOptions Options(Random random)
    {
        var options = new TorchTrainerOptions
        {
            Epochs = One(random, 1, 2, 3),
            BatchSize = One<int?>(random, null, 1, 2, 5, 64),
            Shuffle = One(random, true, false),
            Seed = One<long?>(random, null, 1, long.MinValue),
            Mlp = new()
            {
                HiddenSizes = One(random, (int[])[], [1], [4], [4, 3]),
                Activation = One(random, Enum.GetValues<Activation>()),
                Dropout = One(random, 0, 0, 0.5),
                BatchNormalization = random.Next(5) == 0,
            },
            StandardizeFeatures = One(random, true, false),
            StandardizeLabel = One<bool?>(random, null, true, false),
            ValidationFraction = Odd(random, One(random, 0, 0.3), 0.9, 0.999),
            BadRows = One(random, BadRows.Skip, BadRows.Skip, BadRows.Throw),
            ExampleWeightColumnName = Odd<string?>(random, null, "Weight", "Weight", "OddWeight", "Missing"),
            FeatureColumnName = Odd(random, "Features", "OddFeatures", "Regression", "Missing"),
            ClassWeights = Odd<ClassWeights?>(random, null, ClassWeights.Balanced, ClassWeights.Of(("true", 2)), ClassWeights.Of(("b", 0))),
            MaxGradientNorm = Odd<double?>(random, null, 1, 1e-9),
            Patience = Odd<int?>(random, null, 1),
            KeepBestWeights = One(random, true, false),
            Loss = Odd<Func<Tensor, Tensor, Tensor>?>(random, null, (o, l) => (o - l).abs().reshape(l.shape[0], -1).mean([1]), (o, l) => o.mean(), (_, _) => null!, (o, _) => o.detach().flatten()),
            Scheduler = Odd<Func<optim.Optimizer, optim.lr_scheduler.LRScheduler>?>(random, null, o => optim.lr_scheduler.StepLR(o, 1), o => optim.lr_scheduler.ReduceLROnPlateau(o), _ => null!),
            Optimizer = Odd<Func<IEnumerable<Parameter>, optim.Optimizer>>(random, p => optim.fused.Adam(p), p => optim.fused.SGD(p, 0.01), p => optim.SGD(p, 1e30),
                p => optim.LBFGS(p), p => optim.ArmijoGD(p), p => optim.ARS(p), p => optim.WolfeLBFGS(p), _ => null!, _ => throw new TimeoutException("slow"), _ => optim.SGD(new List<Parameter>(), 1)),
        };
        switch (random.Next(16))
        {
            case 0: options.ModuleName = "fuzzed"; break;
            case 1: options.ModuleName = "never registered"; break;
            case 2: options.Module = inputs => nn.Linear(inputs + 1, 1); break;
            case 3: options.Module = inputs => nn.Linear(inputs, 7); break;
            case 4: options.Module = _ => null!; break;
            case 5: (options.ModuleWithOutputs, options.ModuleName) = ((inputs, outputs) => nn.Sequential(nn.Linear(inputs, 3), nn.Tanh(), nn.Linear(3, outputs)), "fuzzed"); break;
        }
        return options;
    }

    private static IDataView Rows(Random random)
    {
        var (count, spread, kinds) = (One(random, 1, 2, 3, 7, 30, 30, 30), One(random, 1f, 1, 1, 0, 1e-6f, 1e30f), Odd(random, 3, 1));
        var rows = Enumerable.Range(0, count).Select(_ => new Row
        {
            Features = [Number(), Number(), Number()],
            OddFeatures = [Number(), Odd(random, 1, float.NaN, float.PositiveInfinity)],
            Regression = Odd(random, Number(), float.NaN, float.NegativeInfinity),
            BinaryClassification = random.Next(kinds) == 0,
            Kind = ((string[])["a", "b", "c"])[random.Next(kinds)],
            MultiOutputRegression = [Number(), Odd(random, Number(), float.NaN), Odd(random, 1, float.PositiveInfinity)],
            MultiLabelClassification = [random.Next(kinds) > 0 ? 1 : 0, Odd(random, 1, 0, float.NaN)],
            Weight = random.Next(3),
            OddWeight = Odd(random, 1, float.NaN, -1),
        }).ToList();
        var view = Context.Data.LoadFromEnumerable(rows);
        var keyed = Context.Transforms.Conversion.MapValueToKey(nameof(TaskKind.MulticlassClassification), nameof(Row.Kind)).Fit(view).Transform(view);
        return random.Next(4) == 0 ? new SparseView(keyed) : keyed;

        float Number() => Odd(random, (float)(random.NextDouble() - 0.5) * spread, 0, 1e20f, float.Epsilon, float.NaN);
    }

    private sealed class Row
    {
        [VectorType(3)] public float[] Features { get; set; } = [];
        [VectorType(2)] public float[] OddFeatures { get; set; } = [];
        public float Regression { get; set; }
        public bool BinaryClassification { get; set; }
        public string Kind { get; set; } = "";
        [VectorType(3)] public float[] MultiOutputRegression { get; set; } = [];
        [VectorType(2)] public float[] MultiLabelClassification { get; set; } = [];
        public float Weight { get; set; }
        public float OddWeight { get; set; }
    }
}
