using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim.lr_scheduler;

namespace TorchOptimExt.Tests.FirstOrder;

/// <summary>Schedules that set a momentum: TorchSharp's CyclicLR raises it above its maximum.</summary>
public class CycledMomentumTests
{
    public static TheoryData<string> WithMomentum => [.. FirstOrderOptimizer.All.Where(Cycles).Select(o => o.Name)];

    [Theory]
    [MemberData(nameof(WithMomentum))]
    public void A_step_with_a_momentum_out_of_its_range_is_refused_and_changes_nothing(string name)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(3));
        var optimizer = FirstOrderOptimizer.Named(name).Make([parameter], 0.01);
        var schedule = CyclicLR(optimizer, 0.001, 0.01, step_size_up: 4);
        Exception? refused = null;
        for (var step = 0; step < 20 && refused is null; step++)
        {
            parameter.grad = full(3, 1f);
            var before = parameter.data<float>().ToArray();
            refused = Record.Exception(() => { optimizer.step(); });
            if (refused is not null) Assert.Equal(before, parameter.data<float>().ToArray());
            Assert.All(parameter.data<float>(), value => Assert.InRange(value, -10, 1));
            schedule.step();
        }
        if (refused is not null) Assert.Contains("schedule", Assert.IsType<InvalidOperationException>(refused).Message, StringComparison.Ordinal);
    }

    private static bool Cycles(FirstOrderOptimizer made)
    {
        using var scope = NewDisposeScope();
        return made.Make([new Parameter(ones(1))], 0.1) is optim.IMomentum;
    }
}
