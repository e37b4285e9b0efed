using System.Globalization;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlTraining;
using TorchOptimExt.ML.Saving;
using static TorchOptimExt.ML.Tests.Pipelines;

namespace TorchOptimExt.ML.Tests.Saving;

/// <summary>Files of <c>SaveTorch</c>, whose weights are apart from ML.NET's pipeline.</summary>
public sealed class TorchFileTests : IDisposable
{
    private static readonly List<Row> Rows = Row.Some(20);

    private readonly string folder = Directory.CreateTempSubdirectory("torch-file-").FullName;

    private string FilePath => Path.Combine(folder, "model.zip");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, MemberData(nameof(TaskModels.Names), MemberType = typeof(TaskModels))]
    public void A_loaded_model_scores_bit_for_bit_like_the_saved_one(string task)
    {
        var (model, data) = TaskModels.Fit(task);
        Context.Model.SaveTorch(model, data.Schema, FilePath);
        using var stream = new MemoryStream();
        Context.Model.SaveTorch(model, data.Schema, stream);
        foreach (var loaded in new[] { new MLContext().Model.LoadTorch(FilePath, out var schema), new MLContext().Model.LoadTorch(stream, out _) })
        {
            Assert.Equal(TaskModels.Scores(model, data), TaskModels.Scores(loaded, data));
            Assert.Equal(Columns(model.Transform(data).Schema), Columns(loaded.Transform(data).Schema));
            Assert.Equal(Columns(data.Schema), Columns(schema!));
        }

        static IEnumerable<string> Columns(DataViewSchema schema) => schema.Select(c => $"{c.Name} {c.Type} {c.IsHidden}");
    }

    [Fact]
    public void A_fresh_process_loads_it()
    {
        var (model, data) = TaskModels.Fit("multiclass");
        Context.Model.SaveTorch(model, data.Schema, FilePath);
        var (output, status) = ChildProcess.Run("score-torch", FilePath);
        Assert.True(status == 0, output);
        Assert.Equal(model.ClassScores(View(Rows)).SelectMany(s => s), output.Split(' ').Select(s => float.Parse(s, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Two_models_in_nested_pipelines_keep_their_weights()
    {
        var first = Context.Regression.Trainers.Torch("Number", epochs: 1, seed: 1).Append(Context.Transforms.CopyColumns("First", "Score"));
        var second = Context.Transforms.NormalizeMeanVariance("Features").Append(Context.BinaryClassification.Trainers.Torch("Truth", epochs: 1, seed: 2));
        var model = first.Append(second).Fit(View(Rows));
        Context.Model.SaveTorch(model, null, FilePath);
        var loaded = Context.Model.LoadTorch(FilePath, out var schema);
        Assert.Null(schema);
        Assert.Equal(model.Scores(View(Rows)), loaded.Scores(View(Rows)));
        Assert.Equal(model.Transform(View(Rows)).GetColumn<float>("First"), loaded.Transform(View(Rows)).GetColumn<float>("First"));
        Context.Model.SaveTorch(loaded, null, FilePath);
        Assert.Equal(model.Scores(View(Rows)), Context.Model.LoadTorch(FilePath, out _).Scores(View(Rows)));
    }

    [Fact]
    public void Weights_are_stored_as_they_are_and_once()
    {
        var options = new TorchTrainerOptions { LabelColumnName = "Number", Mlp = new() { HiddenSizes = [300, 300] }, Epochs = 1 };
        var model = Context.Regression.Trainers.Torch(options).Fit(View(Rows));
        Context.Model.SaveTorch(model, null, FilePath);
        using var zip = ZipFile.OpenRead(FilePath);
        var weights = zip.GetEntry("TorchOptimExt.ML/weights0")!;
        Assert.Equal(weights.Length, weights.CompressedLength);
        var numbers = model.Weights().Length * sizeof(float);
        Assert.InRange(new FileInfo(FilePath).Length, numbers, numbers + 20_000);
    }

    [Fact]
    public void ML_NETs_load_says_to_take_ours()
    {
        Context.Model.SaveTorch(TaskModels.Fit("regression").model, null, FilePath);
        var error = Assert.ThrowsAny<Exception>(() => Context.Model.Load(FilePath, out _));
        Assert.Contains("mlContext.Model.LoadTorch", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_ML_NETs_save_loads_too()
    {
        var (model, data) = TaskModels.Fit("regression");
        Context.Model.Save(model, data.Schema, FilePath);
        Assert.Equal(model.Scores(data), Context.Model.LoadTorch(FilePath, out _).Scores(data));
    }

    [Fact]
    public void A_file_that_is_cut_off_or_changed_anywhere_is_refused_or_gives_the_same_scores()
    {
        var (model, data) = TaskModels.Fit("regression");
        var expected = model.Scores(data);
        Context.Model.SaveTorch(model, data.Schema, FilePath);
        var whole = File.ReadAllBytes(FilePath);
        for (var length = 0; length < whole.Length; length += whole.Length / 100)
            Assert.Contains("model file", Assert.Throws<InvalidDataException>(() => Load(whole[..length])).Message, StringComparison.Ordinal);
        var refused = 0;
        const int step = 17;
        for (var at = 0; at < whole.Length; at += step)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 0x24;
            try { Assert.Equal(expected, Load(changed).Scores(data)); }
            catch (InvalidDataException e)
            {
                Assert.Contains("model file", e.Message, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.InRange(refused, whole.Length / step / 2, whole.Length);     // dates and the like are of no consequence

        static ITransformer Load(byte[] bytes) => Context.Model.LoadTorch(new MemoryStream(bytes), out _);
    }

    [Fact]
    public void No_change_of_one_byte_is_an_error_of_another_type()
    {
        var (model, data) = TaskModels.Fit("regression");
        using var stream = new MemoryStream();
        Context.Model.SaveTorch(model, data.Schema, stream);
        var whole = stream.ToArray();
        for (var at = 0; at < whole.Length; at++)
            foreach (var change in new byte[] { 1, 0x80, 0xFF })
            {
                byte[] changed = [.. whole];
                changed[at] ^= change;
                if (Record.Exception(() => ModelFile.Read(new MemoryStream(changed), "file", _ => 0)) is { } error) Assert.IsType<InvalidDataException>(error);
            }
    }

    [Fact]
    public void A_save_that_fails_leaves_the_file_of_before()
    {
        Context.Model.SaveTorch(TaskModels.Fit("regression").model, null, FilePath);
        var before = File.ReadAllBytes(FilePath);
        var nameless = new TorchTrainerOptions { LabelColumnName = "Number", ModuleWithOutputs = (inputs, outputs) => new TwoLayers(inputs, outputs), Epochs = 1 };
        var model = Context.Regression.Trainers.Torch(nameless).Fit(View(Rows));
        Assert.Contains(nameof(TorchTrainerOptions.ModuleName), Assert.Throws<InvalidOperationException>(() => Context.Model.SaveTorch(model, null, FilePath)).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(folder));
        Assert.Contains("The model '", Assert.Throws<DirectoryNotFoundException>(() => Context.Model.SaveTorch(TaskModels.Fit("regression").model, null,
            Path.Combine(folder, "none", "model.zip"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_registered_module_is_made_again_and_one_of_other_layers_refused()
    {
        const string Name = "of a torch file";
        TorchModules.Register(Name, (inputs, outputs) => new TwoLayers(inputs, outputs));
        var model = Context.Regression.Trainers.Torch(new TorchTrainerOptions { LabelColumnName = "Number", ModuleName = Name, Epochs = 1 }).Fit(View(Rows));
        Context.Model.SaveTorch(model, null, FilePath);
        Assert.Equal(model.Scores(View(Rows)), Context.Model.LoadTorch(FilePath, out _).Scores(View(Rows)));
        TorchModules.Register(Name, (inputs, outputs) => TorchSharp.torch.nn.Linear(inputs, outputs));
        Assert.Contains(Name, Assert.Throws<InvalidDataException>(() => Context.Model.LoadTorch(FilePath, out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_that_cannot_seek_is_refused()
    {
        using var stream = new DeflateStream(new MemoryStream(), CompressionMode.Decompress);
        Assert.Throws<ArgumentException>(() => Context.Model.LoadTorch(stream, out _));
    }
}
