using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharpPolyfill.Tests;

public sealed class FileTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string path = Path.GetTempFileName();

    public void Dispose()
    {
        scope.Dispose();
        File.Delete(path);
    }

    private static byte[] Bytes(Action<BinaryWriter> save)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        save(writer);
        writer.Flush();
        return stream.ToArray();
    }

    private static BinaryReader Reader(byte[] bytes) => new(new MemoryStream(bytes));

    [Fact]
    public void A_tensor_is_type_rank_sizes_as_LEB128_then_its_bytes()
    {
        byte[] expected = [6, 2, 1, 2, 0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x20, 0xC0];
        Assert.Equal(expected, Bytes(tensor(new[] { 1f, -2.5f }, [1, 2]).Save));
        Assert.Equal([4, 0, 7, 0, 0, 0, 0, 0, 0, 0], Bytes(tensor(7L).Save));
        Assert.Equal([0, 1, 0xAC, 0x02], Bytes(zeros(300, ScalarType.Byte).Save)[..4]);
    }

    [Fact]
    public void A_module_is_a_count_then_names_and_tensors()
    {
        var net = Sequential(("a", Linear(Parameter(tensor(new[] { 2f }, [1, 1])), Parameter(tensor(new[] { 0.5f })))));
        byte[] expected = [
            2,
            8, .. "a.weight"u8, 6, 2, 1, 1, 0x00, 0x00, 0x00, 0x40,
            6, .. "a.bias"u8, 6, 1, 1, 0x00, 0x00, 0x00, 0x3F];
        Assert.Equal(expected, Bytes(writer => net.save(writer)));
        Assert.Equal([1, .. expected[18..]], Bytes(writer => net.save(writer, ["a.weight"])));
    }

    [Fact]
    public void Tensors_of_every_kind_come_back()
    {
        foreach (var type in new[] { ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64, ScalarType.Float16, ScalarType.Float32, ScalarType.Float64, ScalarType.Bool, ScalarType.BFloat16 })
        {
            var saved = arange(6).view(2, 3).to(type);
            save(saved, path);
            var loaded = load(path);
            Assert.Equal((type, true), (loaded.dtype, loaded.Equals(saved) || loaded.eq(saved).all().ToBoolean()));
            Assert.Equal([2, 3], loaded.shape);
        }
    }

    [Fact]
    public void Loading_into_a_tensor_needs_its_type_and_shape()
    {
        var bytes = Bytes(ones(2, 3).Save);
        var target = new Parameter(zeros(2, 3));
        target.Load(Reader(bytes));
        Assert.Equal(6, target.sum().ToDouble());
        Assert.Throws<ArgumentException>(() => zeros(3, 2).Load(Reader(bytes)));
        Assert.Throws<ArgumentException>(() => zeros(2, 3, ScalarType.Float64).Load(Reader(bytes)));
        Assert.Throws<EndOfStreamException>(() => target.Load(Reader(bytes[..^1])));
        Assert.Throws<InvalidOperationException>(() => Bytes(ones(2, 3).t().Save));
    }

    [Fact]
    public void A_module_comes_back_from_file_stream_and_dictionary()
    {
        var saved = Sequential(Linear(3, 4), BatchNorm1d(4));
        saved.call(rand(5, 3));
        saved.save(path);
        Check(Make().load(path));
        using (var stream = File.OpenRead(path)) Check(Make().load(stream));
        var target = Make();
        target.load_state_dict(saved.state_dict());
        Check(target);

        static Sequential Make() => Sequential(Linear(3, 4), BatchNorm1d(4));

        void Check(Module loaded)
        {
            var (one, other) = (saved.state_dict(), loaded.state_dict());
            Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"], other.Keys);
            Assert.All(one, entry => Assert.True(entry.Value.eq(other[entry.Key]).all().ToBoolean()));
            Assert.All(loaded.parameters(), parameter => Assert.True(parameter.requires_grad));
        }
    }

    [Fact]
    public void Strict_loading_wants_the_same_names()
    {
        var bytes = Bytes(writer => Sequential(("a", Linear(2, 2)), ("b", Linear(2, 3))).save(writer));
        Assert.Throws<ArgumentException>(() => Sequential(("a", Linear(2, 2))).load(Reader(bytes)));
        Assert.Throws<ArgumentException>(() => Sequential(("a", Linear(2, 2)), ("c", Linear(2, 3))).load(Reader(bytes)));
        Assert.Throws<InvalidOperationException>(() => Linear(2, 2).load_state_dict(Linear(2, 2, hasBias: false).state_dict()));

        var loaded = new Dictionary<string, bool>();
        var partly = Sequential(("b", Linear(2, 3)));
        var untouched = partly.get_parameter("b.bias")!.clone();
        partly.load(Reader(bytes), strict: false, skip: ["b.bias"], loadedParameters: loaded);
        Assert.Equal([("a.weight", false), ("a.bias", false), ("b.weight", true), ("b.bias", true)], loaded.Select(entry => (entry.Key, entry.Value)));
        Assert.True(untouched.eq(partly.get_parameter("b.bias")!).all().ToBoolean());

        var (missing, unexpected) = Linear(2, 2).load_state_dict(Sequential(Linear(1, 1)).state_dict(), strict: false);
        Assert.Equal(["weight", "bias"], missing);
        Assert.Equal(["0.weight", "0.bias"], unexpected);
    }
}
