using Microsoft.ML;
using MlTraining;
using TorchSharp;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests.Scoring;

/// <summary>Where a model is trained and scores, and what is said where the device is not there.</summary>
public sealed class DeviceTests
{
    private static readonly IDataView Data = View(Row.Some(60));

    // The last is not even on a machine with GPUs.
    public static IEnumerable<Device> Missing => [.. cuda.is_available() ? (Device[])[] : [new(DeviceType.CUDA, 0)], META, new(DeviceType.CUDA, 77)];

    [Fact]
    public void A_device_that_is_not_there_is_refused_when_the_trainer_is_made()
    {
        foreach (var device in Missing)
        {
            var options = Linear("Number", 1);
            options.Device = device;
            var error = Assert.Throws<ArgumentException>("Device", () => Context.Regression.Trainers.Torch(options));
            Assert.StartsWith($"Device is {device}, which is not available: ", error.Message);
        }
    }

    [Fact]
    public void A_model_that_cannot_be_moved_scores_as_before()
    {
        var model = Context.BinaryClassification.Trainers.Torch(Linear("Truth", 2)).Fit(Data);
        var scores = model.Scores(Data);
        foreach (var device in Missing) Assert.Throws<ArgumentException>("device", () => model.Model.To(device));
        Assert.Throws<ArgumentNullException>("device", () => model.Model.To(null!));
        Assert.Equal(DeviceType.CPU, model.Model.Device.type);
        Assert.Equal(scores, model.Scores(Data));
    }

    // On the CPU where there is no GPU: the way is the same.
    [Fact]
    public void A_loaded_model_and_all_that_share_its_module_move_together()
    {
        var device = cuda.is_available() ? CUDA : CPU;
        var path = Path.GetTempFileName();
        try
        {
            var trained = Context.BinaryClassification.Trainers.Torch(Linear("Truth", 2)).Fit(Data);
            Context.Model.Save(trained, Data.Schema, path);
            var model = (TorchTransformer)TorchTransformer.Restore(Context.Model.Load(path, out _));
            var changed = Context.BinaryClassification.ChangeModelThreshold(model, 0.25f);
            Assert.Equal(DeviceType.CPU, model.Model.Device.type);
            model.Model.To(device);
            Assert.Equal((device.type, device.type), (model.Model.Device.type, changed.Model.Device.type));
            Assert.All(model.Model.Module.parameters(), parameter => Assert.Equal(device.type, parameter.device_type));
            foreach (var scorer in new[] { model, changed })
                Assert.Equal(trained.Scores(Data), scorer.Scores(Data), (a, b) => Math.Abs(a - b) <= 1e-5 * (1 + Math.Abs(a)));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
