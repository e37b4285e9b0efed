using References;
using TorchOptimExt.Stepping;

namespace TorchOptimExt.Tests.Fused;

public class TrajectoryTests
{
    public static TheoryData<string> Cases => Trajectory.Of();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Steps_are_PyTorchs(string name)
    {
        var trajectory = Trajectory.Named(name);
        var parameters = trajectory.Parameters();
        using var optimizer = FusedLike.Make(trajectory, parameters);
        trajectory.Replay(optimizer, parameters);
        Assert.True(((IFusedOptimizer)optimizer).LastStepFused, ((IFusedOptimizer)optimizer).LastStepNotFusedBecause);
    }
}
