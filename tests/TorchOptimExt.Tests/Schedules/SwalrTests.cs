using TorchSharp.Modules;
using static TorchSharp.torch;
using Strategy = TorchSharp.torch.optim.lr_scheduler.impl.OneCycleLR.AnnealStrategy;

namespace TorchOptimExt.Tests.Schedules;

/// <summary>The rates of stochastic weight averaging against PyTorch's own (torch.optim.swa_utils.SWALR of PyTorch 1.13.1).</summary>
public class SwalrTests
{
    private static (Parameter parameter, SGD optimizer) Training(params double[] rates)
    {
        var parameters = rates.Select(_ => nn.Parameter(zeros(1))).ToArray();
        return (parameters[0], optim.SGD([.. parameters.Zip(rates, (p, lr) => new SGD.ParamGroup([p], lr: lr))], 1));
    }

    private static double[] Course(optim.Optimizer optimizer, optim.lr_scheduler.LRScheduler schedule, int steps, int group = 0)
    {
        var course = new List<double>();
        for (var k = 0; k < steps; k++, schedule.step()) course.Add(optimizer.ParamGroups.ElementAt(group).LearningRate);
        return [.. course];
    }

    private static void AreEqual(double[] expected, double[] found) =>
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-12));

    [Fact]
    public void Rates_go_along_a_cosine_down_or_up()
    {
        var (_, optimizer) = Training(0.5, 0.01);
        var schedule = optim.lr_scheduler.SWALR(optimizer, 0.05, anneal_epochs: 5);
        var (down, up) = (new List<double>(), new List<double>());
        for (var k = 0; k < 8; k++, schedule.step())
        {
            down.Add(optimizer.ParamGroups.First().LearningRate);
            up.Add(optimizer.ParamGroups.Last().LearningRate);
        }
        AreEqual(PythonDown, [.. down]);
        AreEqual(PythonUp, [.. up]);
    }

    [Fact]
    public void Rates_go_along_a_line_and_each_group_to_its_own()
    {
        var (_, optimizer) = Training(0.5, 0.01);
        var schedule = optim.lr_scheduler.SWALR(optimizer, [0.1, 0.2], anneal_epochs: 4, anneal_strategy: Strategy.Linear);
        AreEqual([0.5, 0.4, 0.3, 0.2, 0.1, 0.1], Course(optimizer, schedule, 6));
        Assert.Equal(0.2, optimizer.ParamGroups.Last().LearningRate);
    }

    [Fact]
    public void Without_a_way_the_rate_is_set_at_once()
    {
        var (_, optimizer) = Training(0.5);
        AreEqual([0.05, 0.05, 0.05], Course(optimizer, optim.lr_scheduler.SWALR(optimizer, 0.05, anneal_epochs: 0), 3));
    }

    [Fact]
    public void It_begins_from_the_rate_that_another_schedule_has_left()
    {
        var (_, optimizer) = Training(0.5);
        var averaging = optim.lr_scheduler.SWALR(optimizer, 0.05, anneal_epochs: 3);
        var decay = optim.lr_scheduler.ExponentialLR(optimizer, 0.9);
        for (var k = 0; k < 4; k++) decay.step();
        AreEqual(PythonAfterDecay, Course(optimizer, averaging, 5));
    }

    [Fact]
    public void A_rate_that_is_set_by_hand_on_the_way_is_gone_on_from()
    {
        var (_, optimizer) = Training(0.5);
        var schedule = optim.lr_scheduler.SWALR(optimizer, 0.05, anneal_epochs: 5);
        schedule.step();
        schedule.step();
        optimizer.ParamGroups.Single().LearningRate = 1;
        AreEqual(PythonByHand, Course(optimizer, schedule, 5));
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        var (_, optimizer) = Training(0.5, 0.1);
        Assert.Contains("3 rates for 2 groups", Assert.Throws<ArgumentException>(() => optim.lr_scheduler.SWALR(optimizer, [1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Equal("swa_lr", Assert.Throws<ArgumentOutOfRangeException>(() => optim.lr_scheduler.SWALR(optimizer, -1)).ParamName);
        Assert.Equal("anneal_epochs", Assert.Throws<ArgumentOutOfRangeException>(() => optim.lr_scheduler.SWALR(optimizer, 1, -1)).ParamName);
        Assert.Equal("anneal_strategy", Assert.Throws<ArgumentOutOfRangeException>(() => optim.lr_scheduler.SWALR(optimizer, 1, 1, (Strategy)9)).ParamName);
    }

    // Made with torch.optim.swa_utils.SWALR(optimizer, 0.05, anneal_epochs=5, anneal_strategy='cos') on groups of 0.5 and 0.01; after four
    // steps of ExponentialLR(0.9) with anneal_epochs=3; and with lr = 1 set after two steps.
    private static readonly double[] PythonDown = [0.5, 0.45702882373436315, 0.34452882373436317, 0.20547117626563682, 0.09297117626563683, 0.05, 0.05, 0.05], PythonUp = [0.01, 0.013819660112501051, 0.02381966011250105, 0.03618033988749895, 0.04618033988749895, 0.05, 0.05, 0.05], PythonAfterDecay = [0.32805000000000006, 0.25853750000000003, 0.11951250000000005, 0.05, 0.05], PythonByHand = [1.0, 0.5514708427503996, 0.1886031320627997, 0.05, 0.05];
}
