using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchOptimExt.Tests.FirstOrder;

/// <summary>TorchSharp's schedules drive the optimizers' rates, momenta and betas.</summary>
public class ScheduleTests
{
    public static TheoryData<string> All => FirstOrderOptimizer.Names;

    [Theory]
    [MemberData(nameof(All))]
    public void A_schedule_changes_the_learning_rate(string name)
    {
        using var scope = NewDisposeScope();
        using var optimizer = FirstOrderOptimizer.Named(name).Make([new Parameter(ones(2))], 0.1);
        var initial = optimizer.ParamGroups.Single().LearningRate;
        var schedule = lr_scheduler.StepLR(optimizer, 2, 0.5);
        for (var k = 0; k < 4; k++) schedule.step();
        Assert.Equal(initial / 4, optimizer.ParamGroups.Single().LearningRate, 1e-12);
    }

    [Theory]
    [InlineData("SGD with momentum")]
    [InlineData("RMSProp, centered, with momentum")]
    [InlineData("EwmaMomentum")]
    [InlineData("Adam")]
    [InlineData("AdamW")]
    public void OneCycleLR_drives_momentum_or_beta(string name)
    {
        using var scope = NewDisposeScope();
        using var optimizer = FirstOrderOptimizer.Named(name).Make([new Parameter(ones(2))], 0.1);
        var schedule = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps: 10, pct_start: 0.5);
        Assert.Equal(0.95, Momentum(optimizer), 1e-12);
        for (var k = 0; k < 4; k++) schedule.step();
        Assert.Equal(0.85, Momentum(optimizer), 1e-12);
        Assert.Equal(0.1, optimizer.ParamGroups.Single().LearningRate, 1e-12);
    }

    [Theory]
    [InlineData("SGD with momentum")]
    [InlineData("RMSProp, centered, with momentum")]
    [InlineData("EwmaMomentum")]
    public void CyclicLR_drives_momentum(string name)
    {
        using var scope = NewDisposeScope();
        using var optimizer = FirstOrderOptimizer.Named(name).Make([new Parameter(ones(2))], 0.1);
        var schedule = lr_scheduler.CyclicLR(optimizer, 0.01, 0.1, step_size_up: 2);
        Assert.InRange(Momentum(optimizer), 0.8, 0.9);
        var seen = new HashSet<double>();
        for (var k = 0; k < 4; k++)
        {
            schedule.step();
            seen.Add(Math.Round(Momentum(optimizer), 6));
        }
        Assert.True(seen.Count > 1);
    }

    // Of a gradient that stays the same, any average with weights of sum 1 is that gradient.
    [Fact]
    public void Bias_correction_follows_a_beta_that_changes_and_reaches_1()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(zeros(1, float64));
        using var optimizer = optim.EwmaMomentum([parameter], lr: 0.1, bias_correction: true);
        var schedule = lr_scheduler.CyclicLR(optimizer, 0.1, 0.1, step_size_up: 20);
        var most = 0.0;
        for (var step = 1; step <= 45; step++)
        {
            parameter.grad = ones(1, float64);
            optimizer.step();
            Assert.Equal(-0.1 * step, parameter.ToDouble(), 1e-12);
            most = Math.Max(most, Momentum(optimizer));
            schedule.step();
        }
        Assert.Equal(1, most);
    }

    [Fact]
    public void With_a_beta_of_1_from_the_start_nothing_moves()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(1)) { grad = ones(1) };
        using var optimizer = optim.EwmaMomentum([parameter], lr: 0.1, bias_correction: true);
        ((IMomentum)optimizer.ParamGroups.Single()).Momentum = 1;
        optimizer.step();
        Assert.Equal(1, parameter.ToDouble());
    }

    [Fact]
    public void The_momentum_of_EwmaMomentum_is_its_beta()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(zeros(1));
        using var optimizer = optim.EwmaMomentum([parameter], lr: 1, beta: 0.9);
        foreach (var wrong in (double[])[-0.1, 1, double.NaN]) Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Momentum = wrong);
        ((IMomentum)optimizer.ParamGroups.Single()).Momentum = 0.5;
        parameter.grad = ones(1);
        optimizer.step();
        Assert.Equal(-0.5, parameter.ToDouble(), 1e-6);
        Assert.Equal(0.9, optimizer.Momentum);
    }

    private static double Momentum(OptimizerHelper optimizer) => optimizer.ParamGroups.Single() switch
    {
        IBetas betas => betas.Betas.Item1,
        IMomentum momentum => momentum.Momentum,
        _ => double.NaN,
    };
}
