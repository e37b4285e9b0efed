using System.IO.Compression;
using System.Text;
using TorchOptimExt.PyTorch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.PyTorch;

public sealed class PyTorchFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("files");
    private readonly DisposeScope scope = NewDisposeScope();

    private string At(string file) => Path.Combine(folder.FullName, file);

    public void Dispose()
    {
        scope.Dispose();
        folder.Delete(recursive: true);
    }

    // The tree of exchange.py.
    private static PyTorchDictionary Tree()
    {
        var floats = arange(24, dtype: ScalarType.Float32);
        ScalarType[] types =
        [
            ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64, ScalarType.Float16,
            ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16, ScalarType.ComplexFloat32, ScalarType.ComplexFloat64,
        ];
        return new()
        {
            IsOrderedDict = true,
            ["zebra"] = 1,
            ["ant"] = 1L << 31,
            ["negative"] = -(1L << 40),
            ["bee"] = 2.5,
            ["none"] = null,
            ["yes"] = true,
            ["text"] = "Grüße",
            ["list"] = new List<object?> { 1L, new List<object?> { 2L, 3L } },
            ["tuple"] = new object?[] { 1L, "a" },
            ["size"] = new long[] { 2, 3 },
            ["numbers"] = new PyTorchDictionary { [0] = "zero", [7] = "seven" },
            ["base"] = floats,
            ["slice"] = floats[4..10],
            ["every"] = floats.slice(0, 1, 24, 3),
            ["transposed"] = floats.reshape(4, 6).t(),
            ["image"] = arange(48, dtype: ScalarType.Float64).reshape(1, 3, 4, 4).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2),      // channels last
            ["scalar"] = tensor(3.5f),
            ["empty"] = zeros(0, 2),
            ["types"] = types.Select(type => (object?)tensor([0L, 1, 2]).to_type(type)).ToList(),
            ["truth"] = tensor([true, false]),
            ["parameter"] = new Parameter(ones(2, 2)),
        };
    }

    [PythonFact]
    public void Python_reads_what_is_written_with_weights_only_and_finds_slices_strides_types_and_order()
    {
        PyTorchFile.Write(At("tree.other.pt"), Tree());
        PyTorchFile.Write(At("slice.other.pt"), arange(24, dtype: ScalarType.Float32)[4..10]);
        PythonTorch.Run("check", folder.FullName);
    }

    [PythonFact]
    public void What_Python_writes_is_read_and_code_in_it_is_refused_without_running()
    {
        PythonTorch.Run("write", folder.FullName);
        Same(Tree(), PyTorchFile.Read(At("tree.pt")));
        var error = Assert.Throws<PyTorchFileException>(() => PyTorchFile.Read(At("code.pt")));
        Assert.Matches("(posix|nt).mkdir", error.Message);
        Assert.Contains("saved again", Assert.Throws<PyTorchFileException>(() => PyTorchFile.Read(At("old.pt"))).Message, StringComparison.Ordinal);
    }

    [PythonFact]
    public void Views_types_and_lists_that_hold_themselves_are_read_in_every_protocol()
    {
        PythonTorch.Run("views", folder.FullName);
        for (var protocol = 2; protocol <= 5; protocol++)
        {
            var tree = (PyTorchDictionary)PyTorchFile.Read(At($"views{protocol}.pt"))!;
            var conj = (Tensor)tree["conj"]!;
            Assert.Equal([-2f, 1], conj.imag.cpu().data<float>().ToArray());
            Assert.Equal([-1f, 2], ((Tensor)tree["neg"]!).data<float>().ToArray());
            Assert.Equal([3, 2], ((Tensor)tree["view"]!).shape);
            Assert.Equal([0, 1], ((Tensor)tree["expanded"]!).stride());
            Assert.Equal((0, 5L, true), (((Tensor)tree["empty"]!).NumberOfElements, ((Tensor)tree["whole"]!).item<long>(), ((Tensor)tree["truth"]!).item<bool>()));
            Assert.Equal((ScalarType.BFloat16, 70000), (tree["dtype"], ((string)tree["long"]!).Length));
            var cycle = (List<object?>)tree["cycle"]!;
            Assert.Same(cycle, cycle[1]);
            ((Tensor)tree["t"]!)[1] = 7;
            Assert.Equal(7, ((Tensor)tree["view"]!)[1, 0].item<float>());
        }
        foreach (var (file, named) in new[] { ("class.pt", "'collections.OrderedDict' as a value"), ("storage.pt", "a storage") })
            Assert.Contains(named, Assert.Throws<PyTorchFileException>(() => PyTorchFile.Read(At(file))).Message, StringComparison.Ordinal);
    }

    [PythonFact]
    public void Python_reads_dictionaries_and_lists_of_dotnet()
    {
        PyTorchFile.Write(At("kinds.other.pt"), new Dictionary<string, object>
        {
            ["scaler"] = new GradScaler(init_scale: 8).state_dict(),
            ["losses"] = new List<double> { 0.5, 0.25 },
            ["dtype"] = ScalarType.Float64,
        });
        PythonTorch.Run("kinds", folder.FullName);
    }

    [Fact]
    public void A_tree_that_holds_itself_is_not_written_and_the_file_stays()
    {
        PyTorchFile.Write(At("tree.pt"), 1);
        var list = new List<object?>();
        list.Add(new PyTorchDictionary { ["list"] = list });
        Assert.Contains("holds itself", Assert.Throws<ArgumentException>(() => PyTorchFile.Write(At("tree.pt"), list)).Message, StringComparison.Ordinal);
        Assert.Equal(1L, PyTorchFile.Read(At("tree.pt")));
        Assert.False(File.Exists(At("tree.pt.partial")));
    }

    // Of a few bytes: a collector of its tensors that calls itself would end the process.
    [Fact]
    public void A_tree_of_any_depth_or_breadth_is_read()
    {
        const int Depth = 300_000;
        WritePickle("}X\u0005\0\0\0modelccollections\nOrderedDict\n)RsX\u0001\0\0\0x" + new string(']', Depth) + new string('a', Depth - 1) + "s.");
        using var module = nn.Sequential(("0", nn.Tanh()));
        Assert.Equal(["x"], PyTorchCheckpoint.Load(At("bad.pt"), module).Values.Keys);
        // a tuple of a tuple twice of a tuple twice ...
        WritePickle("}X\u0005\0\0\0modelccollections\nOrderedDict\n)RsX\u0001\0\0\0x]q\0" + string.Concat(Enumerable.Repeat("h\0\u0086q\0", 60)) + "s.");
        Assert.Equal(["x"], PyTorchCheckpoint.Load(At("bad.pt"), module).Values.Keys);
    }

    [Fact]
    public void Reading_leaves_no_tensor_but_those_of_the_tree()
    {
        using var module = nn.Linear(3, 2);
        PyTorchFile.Write(At("plain.pt"), PyTorchCheckpoint.StateDict(module));
        var live = Tensor.TotalCount;
        var read = (PyTorchDictionary)PyTorchFile.Read(At("plain.pt"))!;
        Assert.Equal(live + 2, Tensor.TotalCount);
        foreach (var value in read.Values) ((Tensor)value!).Dispose();
        Assert.Empty(PyTorchCheckpoint.Load(At("plain.pt"), module).Values);        // all of the file is the module
        Assert.Equal(live, Tensor.TotalCount);
    }

    [PythonFact]
    public void Averages_go_from_Python_and_back()
    {
        PythonTorch.Run("average", folder.FullName);
        using var model = nn.Sequential(("0", nn.Linear(2, 3)), ("1", nn.BatchNorm1d(3)));
        using var average = new AveragedModel(model);
        PyTorchCheckpoint.Load(At("average.pt"), average);
        Assert.Equal(1, average.n_averaged);
        average.update_parameters();
        PyTorchCheckpoint.Save(At("average.other.pt"), average);
        PythonTorch.Run("average_back", folder.FullName);
    }

    [Fact]
    public void What_is_written_is_read_with_shared_memory_shared()
    {
        PyTorchFile.Write(At("tree.pt"), Tree());
        var read = (PyTorchDictionary)PyTorchFile.Read(At("tree.pt"))!;
        Same(Tree(), read);
        ((Tensor)read["base"]!).fill_(7);
        Assert.Equal(7, ((Tensor)read["slice"]!)[2].item<float>());
    }

    [Theory]
    [InlineData("cos\nsystem\n(X\u0004\0\0\0truetR.", "os.system")]
    [InlineData("cbuiltins\neval\n(X\u0001\0\0\01tR.", "builtins.eval")]
    [InlineData("c__builtin__\ngetattr\n.", "__builtin__.getattr")]
    [InlineData("ctorch\nload\n.", "torch.load")]
    [InlineData("ctorch.nn.modules.linear\nLinear\n)\u0081.", "torch.nn.modules.linear.Linear")]
    [InlineData("ccollections\nOrderedDict\n)\u0081.", "opcode 0x81")]
    [InlineData("ios\nsystem\n.", "opcode 0x69")]
    [InlineData("ctorch\nSize\n(tR.", "damaged")]
    [InlineData("}X\u0001\0\0\0aK\u0001s}b.", "attributes")]
    public void A_pickle_that_names_anything_else_is_refused(string pickle, string named)
    {
        WritePickle(pickle);
        Assert.Contains(named, Assert.Throws<PyTorchFileException>(() => PyTorchFile.Read(At("bad.pt"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_flipped_byte_or_cut_is_refused_or_is_of_no_consequence()
    {
        using var module = nn.Linear(3, 2);
        using var optimizer = torch.optim.Adam(module.parameters());
        module.forward(ones(4, 3)).sum().backward();
        optimizer.step();
        PyTorchCheckpoint.Save(At("whole.pt"), module, optimizer);
        var expected = Bytes(module, (OptimizerHelper)optimizer);
        var bytes = File.ReadAllBytes(At("whole.pt"));
        using var other = nn.Linear(3, 2);
        using var otherOptimizer = torch.optim.Adam(other.parameters());
        var before = Bytes(other, otherOptimizer);
        var refused = 0;
        for (var k = 0; k < bytes.Length; k += 3)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[k] ^= (byte)(1 << (k % 8));
            refused += Try(damaged);
            if (k % 30 == 0) Assert.Equal(1, Try(bytes[..k]));
        }
        Assert.InRange(refused, bytes.Length / 3 * 2 / 3, bytes.Length);

        int Try(byte[] content)
        {
            File.WriteAllBytes(At("damaged.pt"), content);
            try
            {
                PyTorchCheckpoint.Load(At("damaged.pt"), other, otherOptimizer);
            }
            catch (PyTorchFileException)
            {
                Assert.Equal(before, Bytes(other, otherOptimizer));
                return 1;
            }
            Assert.Equal(expected, Bytes(other, otherOptimizer));
            other.load_state_dict(new() { ["weight"] = zeros(2, 3), ["bias"] = zeros(2) });
            PyTorchCheckpoint.Load(At("whole.pt"), null, otherOptimizer);
            before = Bytes(other, otherOptimizer);
            return 0;
        }
    }

    // The tensor in a parameter is one of the tree's, too.
    [Fact]
    public void A_tensor_that_is_recalled_after_a_parameter_was_made_of_it_is_there()
    {
        using (var archive = new ZipArchive(File.Create(At("bad.pt")), ZipArchiveMode.Create))
            foreach (var (name, content) in new[] { ("data.pkl", "\u0080\u0002](" + Tensor("\u0089") + "q\u0002ctorch._utils\n_rebuild_parameter\n(h\u0002\u0088ccollections\nOrderedDict\n)RtRe."), ("data/0", "\0\0\u0080?\0\0\0\0") })
            {
                using var part = archive.CreateEntry("archive/" + name, CompressionLevel.NoCompression).Open();
                part.Write(Encoding.Latin1.GetBytes(content));
            }
        var list = (List<object?>)PyTorchFile.Read(At("bad.pt"))!;
        ((Tensor)list[0]!)[1] = 5;
        Assert.Equal([1f, 5], Assert.IsType<Parameter>(list[1]).data<float>().ToArray());

        static string Tensor(string trained) => "ctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0002tQK\0K\u0002\u0085K\u0001\u0085"
            + trained + "ccollections\nOrderedDict\n)RtR";
    }

    [Theory]
    [InlineData("complex 'exp_avg'"), InlineData("parameter without number")]
    public void An_optimizers_state_that_cannot_be_is_refused_and_changes_nothing(string named)
    {
        using var module = nn.Linear(3, 2);
        using var optimizer = torch.optim.Adam(module.parameters());
        module.forward(ones(4, 3)).sum().backward();
        optimizer.step();
        var before = Bytes(module, optimizer);
        var saved = PyTorchCheckpoint.StateDict(optimizer);
        if (named[0] == 'c') ((PyTorchDictionary)((PyTorchDictionary)saved["state"]!)[1]!)["exp_avg"] = zeros(2, dtype: ScalarType.ComplexFloat32);
        else ((PyTorchDictionary)((List<object?>)saved["param_groups"]!)[0]!)["params"] = new List<object?> { 0L, "1" };
        PyTorchFile.Write(At("a.pt"), new PyTorchDictionary { ["optimizer"] = saved });
        var error = Assert.Throws<PyTorchFileException>(() => PyTorchCheckpoint.Load(At("a.pt"), null, optimizer));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Bytes(module, optimizer));
    }

    // Of a scheduler and the user's own; a parameter that is frozen has no state.
    [Fact]
    public void Groups_with_entries_of_others_and_frozen_parameters_are_loaded()
    {
        using var module = nn.Linear(3, 2);
        module.bias!.requires_grad = false;
        using var optimizer = torch.optim.fused.Adam(module.parameters(), 0.1);
        module.forward(ones(4, 3)).sum().backward();
        optimizer.step();
        var saved = PyTorchCheckpoint.StateDict(optimizer);
        Assert.Equal([0L], ((PyTorchDictionary)saved["state"]!).Keys);
        var group = (PyTorchDictionary)((List<object?>)saved["param_groups"]!)[0]!;
        (group["name"], group["max_lr"], group["base_momentum"]) = ("w", 0.5, 0.85);
        group["lr"] = 0.25;
        PyTorchFile.Write(At("a.pt"), new PyTorchDictionary { ["optimizer"] = saved });
        using var other = torch.optim.fused.Adam(nn.Linear(3, 2).parameters(), 0.1);
        PyTorchCheckpoint.Load(At("a.pt"), null, other);
        Assert.Equal((0.25, 0.1), (other.ParamGroups.First().LearningRate, other.ParamGroups.First().InitialLearningRate));
        Assert.Equal(((PyTorchDictionary)saved["state"]!).Keys, ((PyTorchDictionary)PyTorchCheckpoint.StateDict(other)["state"]!).Keys);
    }

    [Fact]
    public void A_module_with_other_names_or_shapes_stays_as_it_was()
    {
        using var module = nn.Linear(3, 2);
        PyTorchCheckpoint.Save(At("model.pt"), module);
        using var other = nn.Linear(3, 4);
        var before = other.weight!.data<float>().ToArray();
        var error = Assert.Throws<PyTorchFileException>(() => PyTorchCheckpoint.Load(At("model.pt"), other));
        Assert.Contains("'weight' is [2, 3] in the file and [4, 3] in the module", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, other.weight!.data<float>().ToArray());
    }

    [Fact]
    public void What_a_load_keeps_is_the_callers_and_nothing_else_stays_alive()
    {
        using var module = nn.Linear(3, 2);
        PyTorchCheckpoint.Save(At("model.pt"), module, values: new() { ["loss"] = tensor(2f) });
        var live = Tensor.TotalCount;
        var values = PyTorchCheckpoint.Load(At("model.pt"), module).Values;
        Assert.Equal(2f, ((Tensor)values["loss"]!).item<float>());
        Assert.Equal(live + 1, Tensor.TotalCount);
    }

    private void WritePickle(string latin1)
    {
        using var archive = new ZipArchive(File.Create(At("bad.pt")), ZipArchiveMode.Create);
        using var part = archive.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open();
        part.Write([0x80, 2, .. Encoding.Latin1.GetBytes(latin1)]);
    }

    private static byte[] Bytes(nn.Module module, OptimizerHelper optimizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (var (_, tensor) in module.state_dict()) writer.Write(tensor.detach().bytes);
        optimizer.save_state_dict(writer);
        return stream.ToArray();
    }

    private static void Same(object? expected, object? actual)
    {
        switch (expected)
        {
            case Tensor tensor:
                var other = Assert.IsAssignableFrom<Tensor>(actual);
                Assert.Equal((tensor.dtype, tensor.requires_grad), (other.dtype, other.requires_grad));
                Assert.Equal(tensor.shape, other.shape);
                Assert.Equal(tensor.stride(), other.stride());
                Assert.True(tensor.equal(other).all().item<bool>() || tensor.NumberOfElements == 0);
                break;
            case PyTorchDictionary dictionary:
                var read = Assert.IsType<PyTorchDictionary>(actual);
                Assert.Equal(dictionary.IsOrderedDict, read.IsOrderedDict);
                Assert.Equal(dictionary.Keys, read.Keys);
                foreach (var (key, value) in dictionary) Same(value, read[key]);
                break;
            case List<object?> or object?[]:
                Assert.IsType(expected.GetType(), actual);
                foreach (var (first, second) in ((IEnumerable<object?>)expected).Zip((IEnumerable<object?>)actual!)) Same(first, second);
                break;
            case int number: Assert.Equal((long)number, actual); break;
            default: Assert.Equal(expected, actual); break;
        }
    }
}
