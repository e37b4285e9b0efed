using TorchOptimExt.Tests.FirstOrder;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Parameters;

/// <summary>The optimizers that TorchSharp lacks load everything or nothing.</summary>
public class LoadingTests
{
    public static TheoryData<string> Own => [.. FirstOrderOptimizer.All.Where(o => !o.IsTorchSharps).Select(o => o.Name)];

    [Theory]
    [MemberData(nameof(Own))]
    public void After_loading_a_file_or_a_dictionary_the_same_trajectory_goes_on(string name)
    {
        using var scope = NewDisposeScope();
        var parameters = Parameters();
        using var first = Trained(name, parameters, 5);
        foreach (var strided in (bool[])[false, true])
            foreach (var throughFile in (bool[])[true, false])
            {
                var (a, b) = (Copies(parameters, strided), Copies(parameters, strided));
                using var one = FirstOrderOptimizer.Named(name).Make(a, 0.3);
                using var other = FirstOrderOptimizer.Named(name).Make(b, 0.5);
                Load(one, Bytes(first));
                if (throughFile) Load(other, Bytes(first));
                else other.load_state_dict(first.state_dict());
                Assert.Equal(Bytes(first), Bytes(other));
                for (var step = 6; step < 12; step++) { Step(one, a, step); Step(other, b, step); }
                Assert.Equal(Bytes(one), Bytes(other));
                Assert.Equal(Values(a), Values(b));
                Assert.NotEqual(Values(parameters), Values(a));
            }
    }

    [Theory]
    [MemberData(nameof(Own))]
    public void A_file_cut_off_at_any_byte_changes_nothing(string name)
    {
        using var scope = NewDisposeScope();
        var parameters = Parameters();
        using var saved = Trained(name, parameters, 5);
        using var optimizer = Trained(name, parameters, 3);
        var (file, before) = (Bytes(saved), Bytes(optimizer));
        Assert.NotEqual(file, before);
        for (var length = 0; length < file.Length; length++)
        {
            Assert.ThrowsAny<Exception>(() => Load(optimizer, file[..length]));
            Assert.True(before.AsSpan().SequenceEqual(Bytes(optimizer)), $"changed by the first {length} of {file.Length} bytes");
        }
        Load(optimizer, file);
        Assert.Equal(file, Bytes(optimizer));
    }

    [Theory]
    [MemberData(nameof(Own))]
    public void Another_optimizer_s_other_groups_or_another_model_s_are_refused_and_change_nothing(string name)
    {
        using var scope = NewDisposeScope();
        var (parameters, made) = (Parameters(), FirstOrderOptimizer.Named(name));
        using var optimizer = Trained(name, parameters, 3);
        var before = Bytes(optimizer);
        using var stranger = made.Name.StartsWith("Ewma", StringComparison.Ordinal) ? (OptimizerHelper)optim.RpropMinus(parameters) : optim.EwmaMomentum(parameters, 0.1);
        using var fewer = made.Make(parameters.Take(1), 0.1);
        using var reshaped = made.Make([new Parameter(ones(2, 3)), new Parameter(ones(5))], 0.1);
        using var wider = made.Make(parameters.Select(p => new Parameter(p.detach().to_type(float64))).ToList(), 0.1);
        foreach (var other in (OptimizerHelper[])[stranger, fewer, reshaped, wider])
        {
            Assert.ThrowsAny<Exception>(() => Load(optimizer, Bytes(other)));
            Assert.Throws<ArgumentException>(() => optimizer.load_state_dict(other.state_dict()));
            Assert.Equal(before, Bytes(optimizer));
        }
    }

    // The options come first: initial and current learning rate, then the table of the class.
    [Theory]
    [MemberData(nameof(Own))]
    public void A_file_with_a_hyperparameter_out_of_range_is_refused_and_changes_nothing(string name)
    {
        using var scope = NewDisposeScope();
        var parameters = Parameters();
        using var optimizer = Trained(name, parameters, 3);
        var before = Bytes(optimizer);
        var rate = 1 + optimizer.GetType().Name.Length + 2 + sizeof(double);
        foreach (var (at, bad) in from at in (int[])[rate - sizeof(double), rate] from bad in (double[])[double.NaN, double.PositiveInfinity] select (at, bad))
        {
            var file = (byte[])before.Clone();
            BitConverter.TryWriteBytes(file.AsSpan(at), bad);
            Assert.Contains("lr", Assert.Throws<ArgumentOutOfRangeException>(() => Load(optimizer, file)).Message);
            Assert.Equal(before, Bytes(optimizer));
        }
    }

    [Theory]
    [MemberData(nameof(Own))]
    public void A_refused_load_leaves_no_tensor_behind(string name)
    {
        var parameters = Parameters();
        using var optimizer = Trained(name, parameters, 3);
        var file = Bytes(optimizer);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var alive = Tensor.TotalCount;
        for (var k = 1; k < 40; k++) Assert.ThrowsAny<Exception>(() => Load(optimizer, file[..^k]));
        optimizer.state_dict();     // what a broken load has read so far goes with the next look
        Assert.Equal(alive, Tensor.TotalCount);
        parameters.ForEach(p => p.Dispose());
    }

    private static List<Parameter> Parameters() => [new(arange(1, 7, ScalarType.Float32).reshape(2, 3)), new(tensor(-1.5f))];

    private static List<Parameter> Copies(List<Parameter> parameters, bool strided) =>
        [.. parameters.Select(p => new Parameter(strided ? Problem.Strided(p.detach()) : p.detach().clone()))];

    private static OptimizerHelper Trained(string name, List<Parameter> parameters, int steps)
    {
        var optimizer = FirstOrderOptimizer.Named(name).Make(parameters, 0.1);
        for (var step = 0; step < steps; step++) Step(optimizer, parameters, step);
        return optimizer;
    }

    private static void Step(OptimizerHelper optimizer, List<Parameter> parameters, int step)
    {
        using var scope = NewDisposeScope();
        foreach (var p in parameters) p.grad = full(p.shape, (step * 5 % 7 - 3) / 4.0, p.dtype);
        optimizer.step(() => tensor(step * 3 % 5 / 2.0));
    }

    private static float[] Values(List<Parameter> parameters) => [.. parameters.SelectMany(p => p.detach().contiguous().data<float>().ToArray())];

    private static byte[] Bytes(OptimizerHelper optimizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        optimizer.save_state_dict(writer);
        return stream.ToArray();
    }

    private static void Load(OptimizerHelper optimizer, byte[] file)
    {
        using var reader = new BinaryReader(new MemoryStream(file));
        optimizer.load_state_dict(reader);
    }
}
