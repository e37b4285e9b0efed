using TorchOptimExt.Tests.FirstOrder;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Stepping;

/// <summary>State files with a byte changed, or cut off: all of one is taken over, or nothing and a typed error.</summary>
public class DamagedStateTests
{
    public static TheoryData<string> Names => FirstOrderOptimizer.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_damaged_file_changes_nothing_or_loads(string name)
    {
        using var scope = NewDisposeScope();
        var (saver, loader) = (Trained(name, 3), Trained(name, 5));
        var (whole, before) = (Bytes(saver), Bytes(loader));
        var refused = 0;
        foreach (var damaged in Damaged(whole))
        {
            var error = Record.Exception(() => Load(loader, damaged));
            if (error is null)
            {
                Load(loader, before);
                continue;
            }
            refused++;
            Assert.True(error is InvalidDataException or EndOfStreamException or ArgumentException, $"{error}");
            Assert.Equal(before, Bytes(loader));
        }
        Assert.InRange(refused, 20, int.MaxValue);
        Load(loader, whole);
        Assert.Equal(whole, Bytes(loader));
    }

    private static IEnumerable<byte[]> Damaged(byte[] whole)
    {
        for (var length = 0; length < whole.Length; length += 1 + length / 16) yield return whole[..length];
        for (var place = 0; place < whole.Length; place++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[place] ^= (byte)(1 << (place % 8));
            yield return damaged;
        }
    }

    private static OptimizerHelper Trained(string name, int steps)
    {
        Parameter one = new(ones(3)), other = new(ones(2, 2));
        var optimizer = FirstOrderOptimizer.Named(name).Make([one, other], 0.01);
        for (var step = 0; step < steps; step++)
        {
            foreach (var p in (Parameter[])[one, other]) p.grad = full(p.shape, 0.5f + step);
            optimizer.step(() => tensor(1.0));
        }
        return optimizer;
    }

    private static void Load(dynamic optimizer, byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        optimizer.load_state_dict(reader);
    }

    private static byte[] Bytes(OptimizerHelper optimizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        optimizer.save_state_dict(writer);
        writer.Flush();
        return stream.ToArray();
    }
}
