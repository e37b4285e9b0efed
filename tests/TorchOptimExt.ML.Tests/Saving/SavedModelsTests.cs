using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.ML.Data;
using MlTraining;
using static TorchOptimExt.ML.Tests.Pipelines;

namespace TorchOptimExt.ML.Tests.Saving;

/// <summary>Models that were saved before, with their scores of <see cref="Row.Some"/>(20), stay loadable.</summary>
public class SavedModelsTests
{
    [Theory, InlineData("version2-regression"), InlineData("version2-binary"), InlineData("version2-multiclass"), InlineData("version2-multi-output"), InlineData("version2-multi-label")]
    public void A_model_of_an_earlier_version_gives_the_scores_of_then(string name)
    {
        var path = Path.Combine(Models(), name);
        var expected = Expected(path);
        var loaded = Context.Model.Load(path + ".zip", out _);
        foreach (var model in new[] { loaded, TorchTransformer.Restore(loaded) })
        {
            var scored = model.Transform(View(Row.Some(20)));
            float[] scores = scored.Schema["Score"].Type is VectorDataViewType
                ? [.. scored.GetColumn<float[]>("Score").SelectMany(s => s)] : [.. scored.GetColumn<float>("Score")];
            Assert.Equal(expected.Length, scores.Length);
            Assert.All(expected.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Theory, InlineData("torch1-regression"), InlineData("torch1-binary"), InlineData("torch1-multiclass"), InlineData("torch1-multi-output"), InlineData("torch1-multi-label")]
    public void A_file_of_SaveTorch_of_an_earlier_version_gives_the_columns_of_then(string name)
    {
        var path = Path.Combine(Models(), name);
        var scores = TaskModels.Scores(Context.Model.LoadTorch(path + ".zip", out _), View(Row.Some(20)));
        Assert.Equal(Expected(path).Length, scores.Count);
        Assert.All(Expected(path).Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private static float[] Expected(string path) => [.. File.ReadLines(path + ".txt").Select(line => float.Parse(line, CultureInfo.InvariantCulture))];

    private static string Models([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Models");
}
