using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlTraining;
using static TorchOptimExt.ML.Tests.Pipelines;

namespace TorchOptimExt.ML.Tests.Saving;

public sealed class SaveLoadTests : IDisposable
{
    private static readonly List<Row> Rows = Row.Some(20);

    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void A_model_loads_in_a_fresh_process_for_each_task()
    {
        AssertLoads(Context.Regression.Trainers.Torch("Number", epochs: 1).Fit(View(Rows)), View(Rows));
        AssertLoads(Context.Transforms.NormalizeMinMax("Features").Append(Context.BinaryClassification.Trainers.Torch("Truth", epochs: 1)).Fit(View(Rows)), View(Rows));
        var classes = Context.Transforms.Conversion.MapValueToKey("Label", "Kind").Append(Context.MulticlassClassification.Trainers.Torch(epochs: 1)).Fit(View(Rows));
        AssertLoads(classes, View(Rows));
    }

    [Fact]
    public void A_registered_module_loads_in_a_fresh_process_and_one_that_is_not_is_named()
    {
        TorchModules.Register("two-layers", (inputs, outputs) => new TwoLayers(inputs, outputs));
        var options = new TorchTrainerOptions { LabelColumnName = "Number", ModuleName = "two-layers", Epochs = 1 };
        AssertLoads(Context.Regression.Trainers.Torch(options).Fit(View(Rows)), View(Rows), "register");
        var (output, status) = ChildProcess.Run("score", file);
        Assert.Equal(1, status);
        Assert.Contains("The model's module is 'two-layers', which is not registered in this process", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_that_is_registered_after_a_loaded_model_failed_is_found()
    {
        const string Name = "registered late";
        TorchModules.Register(Name, (inputs, outputs) => new TwoLayers(inputs, outputs));
        var model = Context.Regression.Trainers.Torch(new TorchTrainerOptions { LabelColumnName = "Number", ModuleName = Name, Epochs = 1 }).Fit(View(Rows));
        var loaded = SaveAndLoad(model, View(Rows));
        TorchModules.Register(Name, (_, _) => throw new TimeoutException());
        Assert.ThrowsAny<Exception>(() => loaded.Scores(View(Rows)));
        TorchModules.Register(Name, (inputs, outputs) => new TwoLayers(inputs, outputs));
        AssertClose(model.Scores(View(Rows)), loaded.Scores(View(Rows)));
    }

    [Fact]
    public void A_module_without_a_name_cannot_be_saved_and_one_that_is_not_registered_neither()
    {
        var options = new TorchTrainerOptions { LabelColumnName = "Number", ModuleWithOutputs = (inputs, outputs) => new TwoLayers(inputs, outputs), Epochs = 1 };
        Assert.Contains(nameof(TorchTrainerOptions.ModuleName), Assert.Throws<InvalidOperationException>(() => Save(Context.Regression.Trainers.Torch(options).Fit(View(Rows)))).Message, StringComparison.Ordinal);
        options.ModuleName = "nobody-knows";
        Assert.Contains("'nobody-knows'", Assert.Throws<InvalidOperationException>(() => Save(Context.Regression.Trainers.Torch(options).Fit(View(Rows)))).Message, StringComparison.Ordinal);
    }

    // 13 = 8 + 4 + 1 classes; keys of several types.
    [Fact]
    public void Classes_keep_their_scores_order_and_values()
    {
        List<Numbered> rows = [.. Enumerable.Range(0, 130).Select(i => new Numbered { Features = [i % 13, i % 7], Class = i % 13 * 1.5f })];
        var data = Context.Data.LoadFromEnumerable(rows);
        var model = Context.Transforms.Conversion.MapValueToKey("Label", "Class").Append(Context.MulticlassClassification.Trainers.Torch(epochs: 3, seed: 1))
            .Append(Context.Transforms.Conversion.MapKeyToValue("Predicted", "PredictedLabel")).Fit(data);
        var loaded = SaveAndLoad(model, data);
        var (expected, scored) = (model.Transform(data), loaded.Transform(data));
        Assert.Equal(13, ((VectorDataViewType)scored.Schema["Score"].Type).Size);
        AssertClose(expected.GetColumn<float[]>("Score").SelectMany(s => s), scored.GetColumn<float[]>("Score").SelectMany(s => s));
        Assert.Equal(expected.GetColumn<uint>("PredictedLabel"), scored.GetColumn<uint>("PredictedLabel"));
        Assert.Equal(expected.GetColumn<float>("Predicted"), scored.GetColumn<float>("Predicted"));
        Assert.Equal(expected.Schema["PredictedLabel"].Type, scored.Schema["PredictedLabel"].Type);
        Assert.DoesNotContain(scored.Schema, c => c.Name.StartsWith("TorchModel", StringComparison.Ordinal));
        Assert.Equal(Context.MulticlassClassification.Evaluate(expected).MicroAccuracy, Context.MulticlassClassification.Evaluate(scored).MicroAccuracy);
        AssertRestored(loaded, expected, data, "Score");
    }

    [Fact]
    public void Values_of_keys_keep_their_type()
    {
        AssertKept(i => $"{i}");
        AssertKept(i => i == 0);
        AssertKept(i => i * 1.1f);
        AssertKept(i => i / 3.0 * 1e-300);
        AssertKept(i => -i);
        AssertKept(i => uint.MaxValue - (uint)i);
        AssertKept(i => long.MinValue + i);
        AssertKept(i => (byte)(255 - i));
        AssertKept(i => (sbyte)(-128 + i));
        AssertKept(i => (short)(-30000 + i));
        AssertKept(i => (ushort)(65535 - i));
        AssertKept(i => ulong.MaxValue - (ulong)i);
        AssertKept(i => new DateTime(2024, 2, 29).AddTicks(i));
        AssertKept(i => new DateTimeOffset(2024, 2, 29, 1, 2, 3, TimeSpan.FromHours(i)));
        AssertKept(i => TimeSpan.FromTicks(1 - i));

        void AssertKept<T>(Func<int, T> value)
        {
            var data = Context.Data.LoadFromEnumerable(Enumerable.Range(0, 30).Select(i => new Valued<T> { Features = [i % 2, i], Class = value(i % 2) }));
            var model = Context.Transforms.Conversion.MapValueToKey("Label", "Class").Append(Context.MulticlassClassification.Trainers.Torch(epochs: 1))
                .Append(Context.Transforms.Conversion.MapKeyToValue("Predicted", "PredictedLabel")).Fit(data);
            var (expected, loaded) = (model.Transform(data).GetColumn<T>("Predicted").ToList(), SaveAndLoad(model, data).Transform(data).GetColumn<T>("Predicted").ToList());
            Assert.Equal(expected, loaded);
            Assert.All(expected, label => Assert.Contains(label, new[] { value(0), value(1) }));
        }
    }

    private sealed class Valued<T>
    {
        [VectorType(2)] public float[] Features { get; set; } = [];
        public required T Class { get; set; }
    }

    [Fact]
    public void A_restored_model_is_the_trained_one_again()
    {
        var model = Context.Transforms.NormalizeMeanVariance("Features").Append(Context.BinaryClassification.Trainers.Torch("Truth", epochs: 2)).Fit(View(Rows));
        var loaded = SaveAndLoad(model, View(Rows));
        var restored = Assert.IsType<TransformerChain<ITransformer>>(TorchTransformer.Restore(loaded));
        var last = Assert.IsType<TorchTransformer>(restored.LastTransformer);
        Assert.Equal("Features", last.FeatureColumnName);
        Assert.Equal(model.Scores(View(Rows)), restored.Scores(View(Rows)));
        Assert.Equal(Visible(model), Visible(loaded));
        AssertClose(model.Scores(View(Rows)), SaveAndLoad(restored, View(Rows)).Scores(View(Rows)));
        var other = Context.Transforms.CopyColumns("A", "Features").Fit(View(Rows));
        Assert.Same(other, TorchTransformer.Restore(other));

        static IEnumerable<string> Visible(ITransformer scorer) => scorer.Transform(View(Rows)).Schema.Where(c => !c.IsHidden).Select(c => $"{c.Name} {c.Type}");
    }

    [Fact]
    public void Several_threads_may_score_with_one_model()
    {
        var model = Context.BinaryClassification.Trainers.Torch("Truth", epochs: 2).Fit(View(Rows));
        foreach (var shared in (ITransformer[])[model, SaveAndLoad(model, View(Rows))])
        {
            var scores = new float[8][];
            Parallel.For(0, scores.Length, k => scores[k] = shared.Scores(View(Rows)));
            Assert.All(scores, s => AssertClose(model.Scores(View(Rows)), s));
        }
    }

    [Fact]
    public void A_prediction_engine_works_on_a_loaded_model()
    {
        var model = Context.BinaryClassification.Trainers.Torch("Truth", epochs: 2).Fit(View(Rows));
        Save(model);
        var loaded = Context.Model.Load(file, out var schema);
        using var engine = Context.Model.CreatePredictionEngine<Row, Prediction>(loaded, schema);
        AssertClose(model.Scores(View(Rows)), Rows.Select(row => engine.Predict(row).Score));
        var metrics = Context.BinaryClassification.Evaluate(loaded.Transform(View(Rows)), "Truth");
        Assert.Equal(Context.BinaryClassification.Evaluate(model.Transform(View(Rows)), "Truth").LogLoss, metrics.LogLoss, 1e-5);
    }

    [Fact]
    public void A_truncated_file_is_refused()
    {
        Save(Context.Regression.Trainers.Torch("Number", epochs: 1).Fit(View(Rows)));
        var bytes = File.ReadAllBytes(file);
        foreach (var length in new[] { 0, 10, bytes.Length / 2, bytes.Length - 10 })
        {
            File.WriteAllBytes(file, bytes[..length]);
            Assert.ThrowsAny<Exception>(() => Context.Model.Load(file, out _));
        }
    }

    private void AssertLoads(ITransformer model, IDataView data, params string[] more)
    {
        Save(model);
        var scored = model.Transform(data);
        var expected = scored.Schema["Score"].Type is VectorDataViewType ? scored.GetColumn<float[]>("Score").SelectMany(s => s) : scored.GetColumn<float>("Score");
        var (output, status) = ChildProcess.Run(["score", file, .. more]);
        Assert.True(status == 0, output);
        AssertClose(expected, output.Split(' ').Select(s => float.Parse(s, CultureInfo.InvariantCulture)));
    }

    private static void AssertRestored(ITransformer loaded, IDataView expected, IDataView data, string column)
    {
        var restored = TorchTransformer.Restore(loaded);
        Assert.Contains(Assert.IsType<TransformerChain<ITransformer>>(restored), part => part is TorchTransformer);
        Assert.Equal(expected.GetColumn<float[]>(column), restored.Transform(data).GetColumn<float[]>(column));
    }

    // Rows by themselves and rows in batches go through different kernels.
    private static void AssertClose(IEnumerable<float> expected, IEnumerable<float> actual)
    {
        var (first, second) = (expected.ToList(), actual.ToList());
        Assert.Equal(first.Count, second.Count);
        Assert.All(first.Zip(second), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private void Save(ITransformer model) => Context.Model.Save(model, View(Rows).Schema, file);

    private ITransformer SaveAndLoad(ITransformer model, IDataView data)
    {
        Context.Model.Save(model, data.Schema, file);
        return new MLContext().Model.Load(file, out _);
    }

    private sealed class Prediction
    {
        public float Score { get; set; }
    }

    private sealed class Numbered
    {
        [VectorType(2)] public float[] Features { get; set; } = [];
        public float Class { get; set; }
    }
}
