using MlTraining;
using TorchOptimExt.ML.Modules;
using TorchOptimExt.ML.Saving;
using static TorchOptimExt.ML.Tests.Pipelines;

namespace TorchOptimExt.ML.Tests.Saving;

public class ModelTextTests
{
    private static readonly (string Text, byte[] Weights) Saved = Write();

    [Fact]
    public void A_text_of_another_version_is_refused() =>
        Assert.Contains("version 7", Assert.Throws<InvalidDataException>(() => ModelText.Read(Saved.Text.Replace("\"Version\":2", "\"Version\":7", StringComparison.Ordinal), Weights)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_damaged_text_is_refused() => Assert.Throws<InvalidDataException>(() => ModelText.Read(Saved.Text[..^20], Weights));

    [Fact]
    public void Weights_of_another_shape_are_refused() =>
        Assert.Contains("do not fit", Assert.Throws<InvalidDataException>(() => ModelText.Read(Saved.Text.Replace("\"Inputs\":3", "\"Inputs\":4", StringComparison.Ordinal), Weights)).Message, StringComparison.Ordinal);

    private static (string, byte[]) Write()
    {
        var model = Context.Regression.Trainers.Torch("Number", epochs: 1).Fit(View(Row.Some(20))).Model;
        return (ModelText.Write("Features", model), ModuleBytes.Write(model.Module));
    }

    private static Stream Weights(int? apart) => apart is null ? new MemoryStream(Saved.Weights) : throw new InvalidDataException();
}
