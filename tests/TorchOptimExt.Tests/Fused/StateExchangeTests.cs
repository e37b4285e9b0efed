using References;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Fused;

/// <summary>State goes from TorchSharp's optimizers into the fused ones and back, and PyTorch's trajectory goes on.</summary>
public class StateExchangeTests
{
    private const int Middle = 60;

    public static TheoryData<string> Cases => Trajectory.Of();

    // TorchSharp's RAdam does not go PyTorch's way: only the state is compared.
    private static bool Deviates(string name) => name.StartsWith("RAdam", StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_file_of_TorchSharp_s_continues_fused_and_back(string name)
    {
        Exchange(name, FusedLike.Make, FusedLike.Make, ThroughFile);
        if (Deviates(name)) return;
        Exchange(name, BuiltIn.Make, FusedLike.Make, ThroughFile);
        Exchange(name, FusedLike.Make, BuiltIn.Make, ThroughFile);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_dictionary_of_TorchSharp_s_continues_fused_and_back(string name)
    {
        Exchange(name, FusedLike.Make, FusedLike.Make, (from, to) => to.load_state_dict(from.state_dict()));
        if (Deviates(name)) return;
        Exchange(name, BuiltIn.Make, FusedLike.Make, (from, to) => to.load_state_dict(from.state_dict()));
        var trajectory = Trajectory.Named(name);
        if (trajectory.Optimizer == "SGD" && trajectory.Number("momentum", 0) == 0) return;     // TorchSharp's fails: there is no momentum to copy
        Exchange(name, FusedLike.Make, BuiltIn.Make, (from, to) => to.load_state_dict(from.state_dict()));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void States_are_those_of_TorchSharp_s_after_the_same_steps(string name)
    {
        using var scope = NewDisposeScope();
        var trajectory = Trajectory.Named(name);
        var (theirs, ours) = (trajectory.Parameters(), trajectory.Parameters());
        using var builtIn = BuiltIn.Make(trajectory, theirs);
        using var fused = FusedLike.Make(trajectory, ours);
        var (before, after) = (builtIn.state_dict(), fused.state_dict());
        for (var step = 0; step < 3; step++)
        {
            for (var k = 0; k < before.State.Count; k++) Assert.True(before.State[k].ApproximatelyEquals(after.State[k]), $"after {step} steps");
            trajectory.Replay(builtIn, theirs, step + 1, step + 1);
            trajectory.Replay(fused, ours, step + 1, step + 1);
        }
        Assert.Equal(Bytes(builtIn).Length, Bytes(fused).Length);
    }

    private static void Exchange(string name, Func<Trajectory, IEnumerable<Parameter>, OptimizerHelper> make, Func<Trajectory, IEnumerable<Parameter>, OptimizerHelper> remake, Action<OptimizerHelper, OptimizerHelper> carry)
    {
        using var scope = NewDisposeScope();
        var trajectory = Trajectory.Named(name);
        var parameters = trajectory.Parameters();
        using var first = make(trajectory, parameters);
        trajectory.Replay(first, parameters, to: Middle);
        using var second = remake(trajectory, parameters);
        carry(first, second);
        trajectory.Replay(second, parameters, from: Middle + 1);
    }

    private static void ThroughFile(OptimizerHelper from, OptimizerHelper to)
    {
        using var reader = new BinaryReader(new MemoryStream(Bytes(from)));
        to.load_state_dict(reader);
    }

    private static byte[] Bytes(OptimizerHelper optimizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        optimizer.save_state_dict(writer);
        return stream.ToArray();
    }
}
