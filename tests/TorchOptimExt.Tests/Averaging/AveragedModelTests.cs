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

    private sealed class Tied : nn.Module
    {
        public TorchSharp.Modules.Linear First { get; } = nn.Linear(1, 1, hasBias: false);

        public Tied() : base(nameof(Tied))
        {
            var second = nn.Linear(1, 1, hasBias: false);
            second.weight = First.weight;
            register_module("first", First);
            register_module("second", second);
        }
    }

    [Fact]
    public void A_weight_with_two_names_is_averaged_and_swapped_once()
    {
        using var tied = new Tied();
        using var average = new AveragedModel(tied);
        using var quiet = no_grad();
        foreach (var value in new[] { 1f, 3 })
        {
            tied.First.weight!.fill_(value);
            average.update_parameters();
        }
        using (average.Swap()) Assert.Equal(2, tied.First.weight!.item<float>());
        Assert.Equal(3, tied.First.weight!.item<float>());
        Assert.Equal([2f, 2], average.state_dict().Where(entry => entry.Key != "n_averaged").Select(entry => entry.Value.item<float>()));
        Assert.Equal(3, average.state_dict().Count);
    }

    // Two parameters of one memory: what is exchanged last is given back first.
    [Fact]
    public void Weights_that_share_memory_get_their_bits_back()
    {
        using var quiet = no_grad();
        var whole = new TorchSharp.Modules.Parameter(tensor([1f, 2]));
        using var parts = nn.ParameterList(whole, new TorchSharp.Modules.Parameter(whole.detach()[1..]));
        using var average = new AveragedModel(parts);
        average.update_parameters();
        whole.copy_(tensor([5f, 8]));
        average.update_parameters();
        using (average.Swap()) Assert.Equal([3f, 5], whole.data<float>().ToArray());
        Assert.Equal([5f, 8], whole.data<float>().ToArray());
    }

    [Theory, InlineData(ScalarType.BFloat16), InlineData(ScalarType.Float16)]
    public void Averages_of_half_types_do_not_stall_and_the_models_bits_come_back(ScalarType type)
    {
        using var average = new AveragedModel(model.to(type), decay: 0.999);
        Set(1);
        average.update_parameters();
        Set(2);
        for (var k = 0; k < 2000; k++) average.update_parameters();
        var expected = 2 - Math.Pow(0.999, 2000);
        Assert.Equal(expected, Average(average), 1e-4);
        using (average.Swap())
        {
            Assert.Equal(expected, model.weight!.to_type(ScalarType.Float32).item<float>(), 0.01);
            Assert.Equal(expected, Average(average), 1e-4);
        }
        Assert.Equal(2, model.weight!.to_type(ScalarType.Float32).item<float>());
        Assert.Equal(expected, Average(average), 1e-4);
    }

    [Fact]
    public void The_end_of_one_swap_does_not_end_the_next()
    {
        using var average = new AveragedModel(model);
        var first = average.Swap();
        first.Dispose();
        using (average.Swap())
        {
            first.Dispose();
            Assert.Throws<InvalidOperationException>(average.update_parameters);
        }
        average.update_parameters();
    }

    [Fact]
    public void Disposing_the_averages_gives_the_model_its_bits_back()
    {
        Set(1);
        var average = new AveragedModel(model);
        Set(2);
        var swap = average.Swap();
        average.Dispose();
        Assert.Equal(2, model.weight!.item<float>());
        swap.Dispose();
    }

    [Fact]
    public void Averages_that_are_disposed_after_the_model_are_freed()
    {
        var average = new AveragedModel(model);
        _ = average.Swap();
        model.Dispose();
        average.Dispose();
    }

    [Fact]
    public void What_is_saved_while_swapped_in_are_the_averages()
    {
        Set(1);
        using var average = new AveragedModel(model);
        Set(2);
        using (average.Swap()) Assert.Equal(1, Average(average));
        Assert.Equal(1, Average(average));
    }

    [Fact]
    public void A_model_with_other_tensors_is_refused_and_nothing_changed()
    {
        using var average = new AveragedModel(model);
        average.update_parameters();
        Set(5);
        model.register_buffer("new", ones(1));
        Assert.Contains("'new' is new", Assert.Throws<InvalidOperationException>(average.update_parameters).Message, StringComparison.Ordinal);
        Assert.Contains("'new' is new", Assert.Throws<InvalidOperationException>(average.Swap).Message, StringComparison.Ordinal);
        Assert.Equal(1, average.n_averaged);
        Assert.NotEqual(5, Average(average));
        Assert.Equal(5, model.weight!.item<float>());
    }

    [Fact]
    public void Whole_numbers_are_copied_and_frozen_weights_averaged()
    {
        var norm = nn.BatchNorm1d(1);
        norm.weight!.requires_grad = false;
        using var average = new AveragedModel(norm, use_buffers: true);
        foreach (var value in new[] { 1, 4 })
        {
            norm.num_batches_tracked!.fill_(value);
            norm.weight!.fill_(value);
            average.update_parameters();
        }
        Assert.Equal(4, average.state_dict()["module.num_batches_tracked"].item<long>());
        Assert.Equal(2.5, average.state_dict()["module.weight"].item<float>(), 1e-6);
    }

    [Fact]
    public void Renewing_statistics_without_a_batch_or_with_a_fault_changes_nothing()
    {
        var norm = nn.BatchNorm1d(1);
        var rest = nn.Dropout();
        var both = nn.Sequential(norm, rest);
        rest.eval();
        norm.running_mean!.fill_(7);
        norm.num_batches_tracked!.fill_(3);
        using var average = new AveragedModel(both);
        Assert.Throws<ArgumentException>(() => average.update_bn<Tensor>([], both.forward));
        Assert.Throws<TimeZoneNotFoundException>(() => average.update_bn([ones(2, 1), ones(0)], batch =>
            batch.shape[0] == 0 ? throw new TimeZoneNotFoundException() : both.forward(batch)));
        Assert.Equal((7f, 3L), (norm.running_mean!.item<float>(), norm.num_batches_tracked!.item<long>()));
        Assert.Equal((0.1, true, true, false), (norm.momentum!.Value, both.training, norm.training, rest.training));
    }

    // As PyTorch, which resets them first: what was not finite is gone, batches are counted anew.
    [Fact]
    public void Renewed_statistics_have_nothing_of_those_before_and_keep_no_tensor()
    {
        var norm = nn.BatchNorm1d(1);
        norm.running_mean!.fill_(float.NaN);
        norm.num_batches_tracked!.fill_(9);
        using var average = new AveragedModel(norm);
        Tensor[] batches = [tensor([1f, 3]).reshape(2, 1), tensor([5f, 11]).reshape(2, 1)];
        var live = Tensor.TotalCount;
        average.update_bn(batches, batch => norm.forward(batch.mul(1)));
        Assert.Equal(live, Tensor.TotalCount);
        Assert.Equal((5f, 2L), (norm.running_mean!.item<float>(), norm.num_batches_tracked!.item<long>()));
    }
}
