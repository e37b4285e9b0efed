using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MlTraining;
using TorchOptimExt.ML.Onnx;
using static TorchOptimExt.ML.Tests.Pipelines;

namespace TorchOptimExt.ML.Tests.Onnx;

/// <summary>Whole pipelines in one file, scored through ML.NET's ApplyOnnxModel.</summary>
public sealed class PipelineTests : IDisposable
{
    private static readonly List<Order> Orders = Order.Some(120);
    private static readonly IDataView Data = Context.Data.LoadFromEnumerable(Orders);

    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    private static EstimatorChain<NormalizingTransformer> Before() => Context.Transforms.Categorical.OneHotEncoding("CountryCode", "Country")
        .Append(Context.Transforms.Concatenate("Features", "Amount", "Age", "CountryCode"))
        .Append(Context.Transforms.NormalizeMeanVariance("Features", fixZero: false));

    [Fact]
    public void Steps_before_and_model_are_one_file()
    {
        var model = Before().Append(Context.BinaryClassification.Trainers.Torch("Paid", epochs: 3, seed: 1)).Fit(Data);
        var scored = Applied(model);
        var expected = model.Transform(Data);
        OnnxFile.AssertAgree(expected.GetColumn<float>("Score"), Numbers(scored, "Score"));
        OnnxFile.AssertAgree(expected.GetColumn<float>("Probability"), Numbers(scored, "Probability"));
        Assert.Equal(expected.GetColumn<bool>("PredictedLabel"), scored.GetColumn<bool[]>("PredictedLabel").Select(l => l.Single()));
        // What is not the model's comes through.
        OnnxFile.AssertAgree(expected.GetColumn<float[]>("Features").SelectMany(f => f), Numbers(scored, "Features"));
        Assert.Equal(Orders.Select(o => o.Country), scored.GetColumn<ReadOnlyMemory<char>[]>("Country").Select(c => c.Single().ToString()));
    }

    [Fact]
    public void Steps_after_the_model_follow()
    {
        var model = Context.Transforms.Conversion.MapValueToKey("Label", "Kind").Append(Before())
            .Append(Context.MulticlassClassification.Trainers.Torch(epochs: 3, seed: 1))
            .Append(Context.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Append(Context.Transforms.CopyColumns("Probabilities", "Score")).Fit(Data);
        var scored = Applied(model);
        var expected = model.Transform(Data);
        OnnxFile.AssertAgree(expected.GetColumn<float[]>("Score").SelectMany(s => s), Numbers(scored, "Score"));
        OnnxFile.AssertAgree(expected.GetColumn<float[]>("Score").SelectMany(s => s), Numbers(scored, "Probabilities"));
        Assert.Equal(expected.GetColumn<string>("PredictedLabel"), scored.GetColumn<ReadOnlyMemory<char>[]>("PredictedLabel").Select(l => l.Single().ToString()));
        Assert.Equal(Names(expected.Schema["Score"]), Names(scored.Schema["Score"]));
    }

    [Fact]
    public void A_column_that_the_data_lacks_is_named()
    {
        var model = Context.Regression.Trainers.Torch("Amount", "Measures", epochs: 1).Fit(Context.Transforms.CopyColumns("Measures", "Features").Fit(Featured()).Transform(Featured()));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Context.Model.ConvertTorchToOnnx(model, Featured(), new MemoryStream()));
        Assert.Contains("'Measures'", error.Message, StringComparison.Ordinal);

        static IDataView Featured() => Context.Transforms.Concatenate("Features", "Amount", "Age").Fit(Data).Transform(Data);
    }

    [Fact]
    public void Columns_that_are_asked_for_need_their_inputs_only()
    {
        var model = Context.Transforms.Conversion.MapValueToKey("Label", "Kind").Append(Before())
            .Append(Context.MulticlassClassification.Trainers.Torch(epochs: 1, seed: 1))
            .Append(Context.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(Data);
        using (var written = new OnnxFile(stream => Context.Model.ConvertTorchToOnnx(model, Data, stream, "PredictedLabel", "Score")))
        {
            Assert.Equal(["Age", "Amount", "Country"], written.Inputs.Order());
            Assert.Equal(["PredictedLabel.output", "Score.output"], written.Outputs.Order());
        }
        using var none = new MemoryStream();
        var missing = Assert.Throws<ArgumentOutOfRangeException>(() => Context.Model.ConvertTorchToOnnx(model, Data, none, "Scores"));
        Assert.Contains("'Scores'", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_models_in_one_pipeline_are_one_file()
    {
        var model = Before().Append(Context.Regression.Trainers.Torch("Amount", epochs: 1, seed: 1)).Append(Context.Transforms.CopyColumns("First", "Score"))
            .Append(Context.Transforms.Concatenate("Both", "Features", "First"))
            .Append(Context.BinaryClassification.Trainers.Torch("Paid", "Both", epochs: 1, seed: 1)).Fit(Data);
        var (scored, expected) = (Applied(model), model.Transform(Data));
        OnnxFile.AssertAgree(expected.GetColumn<float>("Score"), Numbers(scored, "Score"));
        OnnxFile.AssertAgree(expected.GetColumn<float>("First"), Numbers(scored, "First"));
    }

    [Fact]
    public void A_loaded_model_is_written_as_the_trained_one()
    {
        var model = Before().Append(Context.Regression.Trainers.Torch("Amount", epochs: 2, seed: 1)).Fit(Data);
        Context.Model.Save(model, Data.Schema, file);
        var loaded = Context.Model.Load(file, out var schema);
        Write(stream => Context.Model.ConvertTorchToOnnx(loaded, schema, stream));
        OnnxFile.AssertAgree(model.Transform(Data).GetColumn<float>("Score"), Numbers(Apply(), "Score"));
    }

    [Fact]
    public void A_model_without_steps_takes_the_datas_columns()
    {
        var model = Context.Regression.Trainers.Torch("Number", epochs: 1, seed: 1).Fit(View(Row.Some(50)));
        using var written = new OnnxFile(stream => Context.Model.ConvertTorchToOnnx(model, View(Row.Some(5)), stream));
        Assert.Equal(["Features", "Kind", "Number", "Truth", "Weight"], written.Inputs.Order());
        using var score = new OnnxFile(stream => Context.Model.ConvertTorchToOnnx(model, View(Row.Some(5)), stream, "Score"));
        OnnxFile.AssertAgree(model.Scores(View(Row.Some(9))), score.Run<float>("Score.output", [.. Row.Some(9).Select(r => r.Features)]));
    }

    [Fact]
    public void A_step_that_MlNet_cannot_convert_is_named()
    {
        var model = Before().Append(Context.Transforms.CustomMapping<Amount, Taxed>((amount, taxed) => taxed.Tax = amount.Amount_, null))
            .Append(Context.Regression.Trainers.Torch("Amount", epochs: 1)).Fit(Renamed());
        using var stream = new MemoryStream();
        var refused = Assert.Throws<OnnxExportException>(() => Context.Model.ConvertTorchToOnnx(model, Renamed(), stream));
        Assert.Equal("CustomMappingTransformer", refused.Part);
        Assert.Equal(0, stream.Length);

        static IDataView Renamed() => Context.Transforms.CopyColumns("Amount_", "Amount").Fit(Data).Transform(Data);
    }

    [Fact]
    public void MlNets_own_conversion_ends_with_what_to_call_instead()
    {
        foreach (var model in (ITransformer[])[
            Before().Append(Context.BinaryClassification.Trainers.Torch("Paid", epochs: 1)).Fit(Data),
            Before().Append(Context.BinaryClassification.Trainers.Torch("Paid", epochs: 1)).Append(Context.Transforms.CopyColumns("S", "Score")).Fit(Data)])
        {
            using var stream = new MemoryStream();
            var refused = Assert.ThrowsAny<Exception>(() => Context.Model.ConvertToOnnx(model, Data, stream));
            Assert.Contains("Call_mlContext_Model_ConvertTorchToOnnx", refused.Message, StringComparison.Ordinal);
            Assert.Equal(0, stream.Length);
        }
    }

    [Fact]
    public void The_column_that_ends_it_is_seen_nowhere_else()
    {
        var pipeline = Before().Append(Context.BinaryClassification.Trainers.Torch("Paid", epochs: 1, seed: 1));
        var model = pipeline.Fit(Data);
        var scored = model.Transform(Data);
        var expected = scored.GetColumn<float>("Score").ToList();
        Assert.Equal(expected, Context.Data.Cache(scored).GetColumn<float>("Score"));
        Assert.Equal(expected.Order(), Context.Data.ShuffleRows(scored, 1).GetColumn<float>("Score").Order());
        Assert.Equal(expected.Take(7), Context.Data.TakeRows(scored, 7).GetColumn<float>("Score"));
        Assert.Equal(expected, Context.Data.CreateEnumerable<Scored>(scored, false).Select(s => s.Score));
        Assert.Equal(expected, Context.Data.FilterRowsByMissingValues(scored, "Score").GetColumn<float>("Score"));
        Assert.Equal(120, scored.Preview(200).RowView.Length);
        Assert.Equal(120, Context.Transforms.SelectColumns("Score").Fit(scored).Transform(scored).GetColumn<float>("Score").Count());
        Assert.Equal(120, Context.Transforms.DropColumns("Features").Fit(scored).Transform(scored).Preview(200).RowView.Length);
        var split = Context.Data.TrainTestSplit(scored, 0.25, seed: 1);
        Assert.Equal(expected.Order(), split.TrainSet.GetColumn<float>("Score").Concat(split.TestSet.GetColumn<float>("Score")).Order());
        Assert.Equal(3, Context.BinaryClassification.CrossValidate(Data, pipeline, 3, "Paid").Count);
        Assert.InRange(Context.BinaryClassification.Evaluate(scored, "Paid").AreaUnderRocCurve, 0, 1);
        Assert.NotEmpty(Context.BinaryClassification.PermutationFeatureImportance(model.LastTransformer, scored, "Paid"));
        var binary = new MemoryStream();
        Context.Data.SaveAsBinary(scored, binary);
        File.WriteAllBytes(file, binary.ToArray());
        Assert.Equal(expected, Context.Data.LoadFromBinary(file).GetColumn<float>("Score"));
        File.Delete(file);
        using (var stream = File.Create(file)) Context.Data.SaveAsText(scored, stream);
        Assert.Equal(120, File.ReadLines(file).SkipWhile(l => l.StartsWith('#') || l.Length == 0).Count(l => !l.StartsWith("Amount", StringComparison.Ordinal)));
        using var engine = Context.Model.CreatePredictionEngine<Order, Scored>(model);
        Assert.Equal(expected[0], engine.Predict(Orders[0]).Score, 1e-5f);
    }

    private IDataView Applied(ITransformer model)
    {
        Write(stream => Context.Model.ConvertTorchToOnnx(model, Data, stream));
        return Apply();
    }

    private void Write(Action<Stream> write)
    {
        using var stream = File.Create(file);
        write(stream);
    }

    // In which ".output" is left out of the names.
    private IDataView Apply() => Context.Transforms.ApplyOnnxModel(file).Fit(Data).Transform(Data);

    private static IEnumerable<float> Numbers(IDataView data, string column) => data.GetColumn<float[]>(column).SelectMany(v => v);

    private static string[] Names(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(n => n.ToString())];
    }

    private sealed class Scored
    {
        public float Score { get; set; }
    }

    private sealed class Amount
    {
        public float Amount_ { get; set; }
    }

    private sealed class Taxed
    {
        public float Tax { get; set; }
    }

    private sealed class Order
    {
        public float Amount { get; set; }
        public float Age { get; set; }
        public string Country { get; set; } = "";
        public bool Paid { get; set; }
        public string Kind { get; set; } = "";

        public static List<Order> Some(int count)
        {
            var random = new Random(5);
            return [.. Enumerable.Range(0, count).Select(k => new Order
            {
                Amount = random.Next(1000),
                Age = random.Next(18, 90),
                Country = ((string[])["de", "fr", "it"])[k % 3],
                Paid = random.Next(3) > 0,
                Kind = ((string[])["book", "film"])[random.Next(2)],
            })];
        }
    }
}
