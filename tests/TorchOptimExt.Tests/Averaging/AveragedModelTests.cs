using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Averaging;

public sealed class AveragedModelTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TorchSharp.Modules.Linear model = nn.Linear(1, 1, hasBias: false);

    public void Dispose() => scope.Dispose();

    private void Set(float value)
    {
        using var quiet = no_grad();
        model.weight!.fill_(value);
    }

    private static float Average(AveragedModel average) => average.state_dict()["module.weight"].item<float>();

    [Fact]
    public void The_mean_of_all_and_the_moving_average_follow_their_formulas()
    {
        using var mean = new AveragedModel(model);
        using var moving = new AveragedModel(model, decay: 0.75);
        foreach (var value in new[] { 1f, 2, 6 })
        {
            Set(value);
            mean.update_parameters();
            moving.update_parameters();
        }
        Assert.Equal(3, mean.n_averaged);
        Assert.Equal(3, Average(mean), 1e-6);
        Assert.Equal(0.75 * (0.75 * 1 + 0.25 * 2) + 0.25 * 6, Average(moving), 1e-6);
    }

    [Fact]
    public void Swapping_evaluates_the_averages_and_gives_the_models_bits_back()
    {
        using var average = new AveragedModel(model);
        Set(1);
        average.update_parameters();
        Set(0.1f);
        using (average.Swap())
        {
            Assert.Equal(1, model.forward(ones(1)).item<float>());
            Assert.Throws<InvalidOperationException>(average.update_parameters);
            Assert.Throws<InvalidOperationException>(average.Swap);
        }
        Assert.Equal(0.1f, model.weight!.item<float>());
        Assert.Equal(1, Average(average));
    }

    [Fact]
    public void Buffers_are_copied_or_averaged_and_batch_statistics_renewed()
    {
        var norm = nn.BatchNorm1d(1);
        using var copied = new AveragedModel(norm);
        using var averaged = new AveragedModel(norm, use_buffers: true);
        foreach (var value in new[] { 1f, 3 })
        {
            norm.running_mean!.fill_(value);
            copied.update_parameters();
            averaged.update_parameters();
        }
        Assert.Equal(3, copied.state_dict()["module.running_mean"].item<float>());
        Assert.Equal(2, averaged.state_dict()["module.running_mean"].item<float>(), 1e-6);
        norm.eval();
        copied.update_bn([tensor([1f, 3]).reshape(2, 1), tensor([5f, 11]).reshape(2, 1)], norm.forward);
        Assert.Equal(5, norm.running_mean!.item<float>(), 1e-6);        // the mean of 2 and 8
        Assert.Equal(10, norm.running_var!.item<float>(), 1e-5);        // of 2 and 18
        Assert.Equal((0.1, false), (norm.momentum!.Value, norm.training));
    }

    [Fact]
    public void Averages_are_saved_in_a_checkpoint()
    {
        var path = Path.GetTempFileName();
        using var average = new AveragedModel(model, decay: 0.5);
        Set(7);
        average.update_parameters();
        Checkpoint.Save(path, average);
        using var other = new AveragedModel(model, decay: 0.5);
        Set(0);
        Checkpoint.Load(path, other);
        Assert.Equal((7f, 1L), (Average(other), other.n_averaged));
        File.Delete(path);
    }
}
