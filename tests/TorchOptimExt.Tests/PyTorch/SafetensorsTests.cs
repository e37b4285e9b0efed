using System.Text;
using TorchOptimExt.PyTorch;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.PyTorch;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        File.Delete(path);
    }

    // The example of the format's description, byte by byte.
    private void Write(string header, params byte[] elements) =>
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. elements]);

    [Fact]
    public void A_file_made_by_hand_is_read()
    {
        Write("""{"__metadata__":{"format":"pt"},"b":{"dtype":"F16","shape":[1,2],"data_offsets":[4,8]},"a":{"dtype":"I16","shape":[2],"data_offsets":[0,4]}}""", 1, 0, 2, 1, 0, 0x3c, 0, 0xc0);
        var file = SafetensorsFile.Read(path);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(["b", "a"], file.Tensors.Select(entry => entry.Key));
        Assert.Equal([1f, -2f], file.Tensors[0].Value.to_type(ScalarType.Float32).data<float>().ToArray());
        Assert.Equal([1, 258], file.Tensors[1].Value.data<short>().ToArray());
    }

    [Fact]
    public void A_module_is_written_as_the_format_says_and_loads_again()
    {
        using var module = nn.Linear(3, 2);
        SafetensorsFile.Save(path, module);
        var bytes = File.ReadAllBytes(path);
        var length = (int)BitConverter.ToUInt64(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal("""{"__metadata__":{"format":"pt"},"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd());
        Assert.Equal(module.weight!.data<float>()[4], BitConverter.ToSingle(bytes, 8 + length + 16));
        using var other = nn.Linear(3, 2);
        SafetensorsFile.Load(path, other);
        Assert.Equal(module.weight!.data<float>().ToArray(), other.weight!.data<float>().ToArray());
    }

    [Fact]
    public void All_types_and_views_come_back()
    {
        ScalarType[] types = [ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64, ScalarType.Float16, ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16, ScalarType.Bool, ScalarType.ComplexFloat32];
        var tensors = types.ToDictionary(type => $"{type}", type => arange(6).to_type(type).reshape(2, 3).t());
        SafetensorsFile.Write(path, tensors);
        foreach (var (name, tensor) in SafetensorsFile.Read(path).Tensors)
        {
            Assert.Equal(name, $"{tensor.dtype}");
            Assert.True(tensor.equal(tensors[name]).all().item<bool>());
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4)]            // too few bytes for the shape
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3)]            // cut
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5)]            // left over
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8)]            // a gap
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6)]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0)]
    [InlineData("""{"a":{"dtype":"F32"}}""", 0)]
    [InlineData("""{"a":3}""", 0)]
    [InlineData("""{"__metadata__":{"a":1}}""", 0)]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0)]
    [InlineData("""{"__metadata__":3}""", 0)]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0)]
    [InlineData("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0)]
    [InlineData("[]", 0)]
    [InlineData("{", 0)]
    public void A_damaged_file_is_refused(string header, int bytes)
    {
        Write(header, new byte[bytes]);
        Assert.Throws<PyTorchFileException>(() => SafetensorsFile.Read(path));
    }

    [Fact]
    public void Padding_no_metadata_and_empty_tensors_are_read()
    {
        Write("""{"__metadata__":null,"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"e":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}}      """, 7, 8);
        var file = SafetensorsFile.Read(path);
        Assert.Empty(file.Metadata);
        Assert.Equal([7, 8], file.Tensors[0].Value.data<byte>().ToArray());
        Assert.Equal([0, 3], file.Tensors[1].Value.shape);
    }

    // Libraries that use a file's memory as it is need that.
    [Fact]
    public void Each_tensor_begins_at_a_multiple_of_its_elements_size()
    {
        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["flag"] = tensor(true), ["half"] = ones(3, ScalarType.Float16), ["number"] = ones(1, ScalarType.Float64), ["single"] = ones(1) });
        var bytes = File.ReadAllBytes(path);
        using var header = System.Text.Json.JsonDocument.Parse(bytes.AsMemory(8, (int)BitConverter.ToUInt64(bytes)));
        foreach (var (name, size) in new[] { ("flag", 1), ("half", 2), ("number", 8), ("single", 4) })
            Assert.Equal(0, header.RootElement.GetProperty(name).GetProperty("data_offsets")[0].GetInt32() % size);
        Assert.Equal(["number", "single", "half", "flag"], SafetensorsFile.Read(path).Tensors.Select(entry => entry.Key));
    }

    [Fact]
    public void A_file_of_another_module_changes_nothing()
    {
        using var module = nn.Linear(3, 2);
        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["weight"] = zeros(2, 3) });
        Assert.Contains("the file has no 'bias'", Assert.Throws<PyTorchFileException>(() => SafetensorsFile.Load(path, module)).Message, StringComparison.Ordinal);
        Assert.NotEqual(0, module.weight!.abs().sum().item<float>());
        SafetensorsFile.Load(path, module, strict: false);
        Assert.Equal(0, module.weight!.abs().sum().item<float>());
    }
}
