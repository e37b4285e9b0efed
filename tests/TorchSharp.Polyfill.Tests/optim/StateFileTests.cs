using System.Buffers.Binary;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharpPolyfill.Tests;

/// <summary>Files against a layout worked out by hand.</summary>
public class StateFileTests
{
    private static byte[] Save(OptimizerHelper optimizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        optimizer.save_state_dict(writer);
        return stream.ToArray();
    }

    private static byte[] Text(string name) => [(byte)name.Length, .. name.Select(c => (byte)c)];

    private static byte[] Number(double value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Long(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    /// <summary>Element type 6 (float32), two dimensions, 1 × 2, the elements.</summary>
    private static byte[] Floats(float a, float b) => [6, 2, 1, 2, .. BitConverter.GetBytes(a), .. BitConverter.GetBytes(b)];

    private static Parameter TwoFloats()
    {
        var p = new Parameter(ones(1, 2));
        using var gradient = full_like(p, 0.5);
        p.grad = gradient;
        return p;
    }

    [Fact]
    public void SGD()
    {
        using var scope = NewDisposeScope();
        using var optimizer = optim.SGD([TwoFloats()], 0.1, momentum: 0.9, weight_decay: 0, nesterov: true);
        optimizer.ParamGroups.Single().LearningRate = 0.05;
        byte[] head = [.. Text("SGD"), 1, 1, .. Number(0.1), .. Number(0.05), .. Number(0.9), .. Number(0), .. Number(0), 1, 0];
        Assert.Equal([.. head, 0], Save(optimizer));
        optimizer.step();
        Assert.Equal([.. head, 1, .. Floats(0.5f, 0.5f)], Save(optimizer));
    }

    [Fact]
    public void Adagrad()
    {
        using var scope = NewDisposeScope();
        using var optimizer = optim.Adagrad([TwoFloats()], 0.1, 0.2, 0.3, 0.25, 0.4);
        Assert.Equal([.. Text("Adagrad"), 1, 1, .. Number(0.1), .. Number(0.1), .. Number(0.2), .. Number(0.25), .. Number(0.4), .. Number(0.3),
            .. Long(0), .. Floats(0.25f, 0.25f)], Save(optimizer));
    }

    [Fact]
    public void Adadelta()
    {
        using var scope = NewDisposeScope();
        using var optimizer = optim.Adadelta([TwoFloats()], 0.1, 0.2, 0.3, 0.4, maximize: true);
        Assert.Equal([.. Text("Adadelta"), 1, 1, .. Number(0.1), .. Number(0.1), .. Number(0.2), .. Number(0.3), .. Number(0.4), 1,
            .. Long(0), .. Floats(0, 0), .. Floats(0, 0)], Save(optimizer));
    }

    [Fact]
    public void RMSProp()
    {
        using var scope = NewDisposeScope();
        using var optimizer = optim.RMSProp([TwoFloats()], lr: 0.1, alpha: 0.75, eps: 0.3, weight_decay: 0, momentum: 0.5, centered: true, maximize: false);
        optimizer.step();
        // Square average 0.25 · 0.25, then momentum 0.5 / (√(0.0625 − 0.015625) + 0.3), then gradient average 0.25 · 0.5.
        var momentum = 0.5f / (MathF.Sqrt(0.046875f) + 0.3f);
        Assert.Equal([.. Text("RMSProp"), 1, 1, .. Number(0.1), .. Number(0.1), 0, .. Number(0.5), .. Number(0.75), .. Number(0.3), .. Number(0), 1,
            .. Long(1), .. Floats(0.0625f, 0.0625f), 1, .. Floats(momentum, momentum), 1, .. Floats(0.125f, 0.125f)], Save(optimizer));
    }

    [Fact]
    public void Adam_and_AdamW()
    {
        using var scope = NewDisposeScope();
        using var adam = optim.Adam([TwoFloats(), TwoFloats()], 0.1, 0.75, 0.5, 0.3, 0.4, amsgrad: false, maximize: true);
        byte[] head = [1, 2, .. Number(0.1), .. Number(0.1), .. Number(0.75), .. Number(0.5), .. Number(0.3), .. Number(0.4)];
        byte[] state = [.. Long(0), .. Floats(0, 0), .. Floats(0, 0)];
        Assert.Equal([.. Text("Adam"), .. head, 0, 1, .. state, 0, .. state, 0], Save(adam));
        using var adamw = optim.AdamW([TwoFloats(), TwoFloats()], 0.1, 0.75, 0.5, 0.3, 0.4, amsgrad: true);
        Assert.Equal([.. Text("AdamW"), .. head, 1, 0, .. state, 1, .. Floats(0, 0), .. state, 1, .. Floats(0, 0)], Save(adamw));
    }

    [Fact]
    public void Rprop()
    {
        using var scope = NewDisposeScope();
        using var optimizer = optim.Rprop([TwoFloats()], 0.25, 0.5, 1.2, 0.125, 2, maximize: true);
        optimizer.step();
        Assert.Equal([.. Text("Rprop"), 1, 1, .. Number(0.25), .. Number(0.25), 1, .. Number(0.5), .. Number(1.2), .. Number(0.125), .. Number(2),
            .. Long(1), .. Floats(-0.5f, -0.5f), .. Floats(0.25f, 0.25f)], Save(optimizer));
    }

    [Fact]
    public void A_file_of_another_optimizer_or_of_other_groups_is_refused()
    {
        using var scope = NewDisposeScope();
        using var adam = optim.Adam([TwoFloats()]);
        using var adamw = optim.AdamW([TwoFloats()]);
        using var two = optim.Adam([TwoFloats(), TwoFloats()]);
        using var groups = optim.Adam([new Adam.ParamGroup([TwoFloats()]), new Adam.ParamGroup([TwoFloats()])]);
        BinaryReader File() => new(new MemoryStream(Save(adam)));
        Assert.Throws<InvalidDataException>(() => adamw.load_state_dict(File()));
        Assert.Throws<ArgumentException>(() => two.load_state_dict(File()));
        Assert.Throws<ArgumentException>(() => groups.load_state_dict(File()));
        Assert.Throws<ArgumentException>(() => two.load_state_dict(adam.state_dict()));
    }

    [Fact]
    public void State_moves_compares_and_ends()
    {
        using var scope = NewDisposeScope();
        using var first = optim.Adam([TwoFloats()], amsgrad: true);
        using var second = optim.Adam([TwoFloats()], amsgrad: true);
        Adam.State Of(Adam optimizer) => (Adam.State)optimizer.state_dict().State[0];
        Assert.True(Of(first).ApproximatelyEquals(Of(second)));
        first.step();
        Assert.False(Of(first).ApproximatelyEquals(Of(second)));
        second.load_state_dict(first.state_dict());
        Assert.True(Of(first).ApproximatelyEquals(Of(second)));
        first.to(CPU);
        Assert.Equal(0.05f, Of(first).exp_avg[0, 0].item<float>(), 1e-8f);
        var state = Of(first);
        first.Dispose();
        Assert.True(state.exp_avg.IsInvalid && state.exp_avg_sq.IsInvalid && state.max_exp_avg_sq.IsInvalid);
    }
}
