using System.Security.Cryptography;
using TorchOptimExt.Checkpointing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Checkpointing;

/// <summary>A checkpoint as a file among others: links, permissions, several writers, disposed things, crafted contents.</summary>
[Collection(nameof(RandomNumbers))]
public class FileTests
{
    [Fact]
    public void A_disposed_module_part_or_optimizer_is_refused_and_the_good_file_stays()
    {
        using var folder = new TemporaryFolder();
        Sequential Model() => nn.Sequential(("a", nn.Linear(2, 2)), ("b", nn.BatchNorm1d(2)));
        foreach (var dispose in (Action<Sequential>[])[m => m.Dispose(), m => m.children().First().Dispose(), m => m.children().Last().Dispose()])
        {
            var module = Model();
            Checkpoint.Save(folder["a"], module);
            var good = File.ReadAllBytes(folder["a"]);
            dispose(module);
            Assert.Throws<ObjectDisposedException>(() => Checkpoint.Save(folder["a"], module));
            Assert.Equal(good, File.ReadAllBytes(folder["a"]));
        }
    }

    public static TheoryData<string> Optimizers => [.. Training.Optimizers.Keys];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_disposed_optimizer_is_refused_and_the_good_file_stays(string name)
    {
        using var folder = new TemporaryFolder();
        using var training = new Training(name);
        training.Run(1);
        training.Save(folder["a"]);
        var good = File.ReadAllBytes(folder["a"]);
        training.Optimizer.Dispose();
        // A momentum that was never used leaves TorchSharp's SGD and Adagrad nothing to lose.
        if (Record.Exception(() => training.Save(folder["a"])) is { } error) Assert.IsType<ObjectDisposedException>(error);
        else Assert.Equal("SGD", name);
        Assert.Equal(good, File.ReadAllBytes(folder["a"]));
    }

    [Fact]
    public async Task Two_savers_and_a_reader_share_a_path()
    {
        using var folder = new TemporaryFolder();
        using var module = nn.Linear(64, 64);
        void Save(int saver) => Checkpoint.Save(folder["a"], module, values: new Dictionary<string, object> { ["saver"] = saver });
        Save(0);
        var savers = Enumerable.Range(1, 2).Select(saver => Task.Run(() => { for (var k = 0; k < 40; k++) Save(saver); })).ToArray();
        while (!savers.All(saver => saver.IsCompleted)) Assert.InRange((int)Checkpoint.Read(folder["a"]).Values["saver"], 0, 2);
        await Task.WhenAll(savers);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(folder["a"])!));
    }

    [Fact]
    public void A_symbolic_link_is_written_through_and_keeps_leading_there()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new TemporaryFolder();
        using var module = nn.Linear(2, 2);
        Directory.CreateDirectory(folder["kept"]);
        Checkpoint.Save(folder["kept/real"], module);
        File.CreateSymbolicLink(folder["link"], "kept/real");
        File.CreateSymbolicLink(folder["link.partial"], folder["victim"]);
        Checkpoint.Save(folder["link"], module, values: new Dictionary<string, object> { ["n"] = 2 });
        Assert.Equal(2, Checkpoint.Read(folder["kept/real"]).Values["n"]);
        Assert.Equal("kept/real", new FileInfo(folder["link"]).LinkTarget);
        Assert.False(File.Exists(folder["victim"]));
        Assert.Single(Directory.GetFiles(folder["kept"]));
    }

    [Fact]
    public void A_file_keeps_its_permissions()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new TemporaryFolder();
        using var module = nn.Linear(2, 2);
        Checkpoint.Save(folder["a"], module);
        foreach (var mode in (UnixFileMode[])[UnixFileMode.UserRead | UnixFileMode.UserWrite, (UnixFileMode)0b110_110_110])
        {
            File.SetUnixFileMode(folder["a"], mode);
            Checkpoint.Save(folder["a"], module);
            Assert.Equal(mode, File.GetUnixFileMode(folder["a"]));
        }
    }

    [Fact]
    public void An_error_names_the_path_that_was_given()
    {
        using var folder = new TemporaryFolder();
        using var module = nn.Linear(2, 2);
        Directory.CreateDirectory(folder["folder"]);
        string[] impossible = [folder["no/a"], folder["folder"], folder[new string('x', 300)], "/dev/null"];
        foreach (var path in impossible)
        {
            var error = Assert.ThrowsAny<Exception>(() => Checkpoint.Save(path, module));
            Assert.True(error is IOException or UnauthorizedAccessException, $"{error}");
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(".partial", $"{error}", StringComparison.Ordinal);
        }
        Checkpoint.Save(folder[new string('x', 250)], module);
        Checkpoint.Load(folder[new string('x', 250)], module);
    }

    // A byte that differs, with the right checksum: what can be loaded is what the file says, to the last bit.
    [Theory]
    [InlineData("Adam", "StepLR")]
    [InlineData("fused RMSProp", "CosineAnnealingWarmRestarts")]
    [InlineData("EwmaMomentum", "a sequence of decays")]
    public void A_file_with_any_other_byte_and_the_right_checksum_is_refused_or_loaded_as_it_stands(string optimizer, string schedule)
    {
        using var folder = new TemporaryFolder();
        using var saver = new Training(optimizer, schedule, hidden: 1);
        saver.Run(3);
        Checkpoint.Save(folder["a"], saver.Model, saver.Optimizer, saver.Scheduler, new Dictionary<string, object> { ["flag"] = true, ["text"] = "ü" });
        var whole = File.ReadAllBytes(folder["a"])[..^SHA256.HashSizeInBytes];
        using var training = new Training(optimizer, schedule, hidden: 1);
        training.Load(folder["a"]);
        var before = training.Bits();
        var state = random.get_rng_state().bytes.ToArray();
        var start = whole.AsSpan().IndexOf(state);
        Assert.NotEqual(-1, start);
        for (var place = 0; place < whole.Length; place++)
        {
            // One in thirty of the random numbers is enough; libtorch does not keep all bytes between them.
            var isRandom = place >= start && place < start + state.Length;
            if (isRandom && place % 30 != 0) continue;
            whole[place] ^= (byte)(1 << (place % 8));
            File.WriteAllBytes(folder["b"], [.. whole, .. SHA256.HashData(whole)]);
            var error = Record.Exception(() => training.Load(folder["b"]));
            if (error is null)
            {
                Checkpoint.Save(folder["c"], training.Model, training.Optimizer, training.Scheduler, Checkpoint.Read(folder["b"]).Values);
                Assert.Equal(Kept(folder["b"]), Kept(folder["c"]));
                training.Load(folder["a"]);
            }
            else
            {
                Assert.True(error is CheckpointException, $"byte {place}: {error}");
            }
            Assert.Equal(before, training.Bits());
            whole[place] ^= (byte)(1 << (place % 8));

            byte[] Kept(string path)
            {
                var bytes = File.ReadAllBytes(path)[..whole.Length];
                if (isRandom) bytes.AsSpan(start, state.Length).Clear();
                return bytes;
            }
        }
    }

    [Theory]
    [InlineData(8, 0)]              // how many numbers are left: none
    [InlineData(8, 700)]            // more than there are
    [InlineData(12, 0)]             // not seeded
    [InlineData(16, 600)]           // the next one, past the end
    public void A_random_state_that_ends_the_process_is_refused(int place, int value)
    {
        using var folder = new TemporaryFolder();
        using var module = nn.ReLU();
        Checkpoint.Save(folder["a"], module);
        var content = File.ReadAllBytes(folder["a"])[..^SHA256.HashSizeInBytes];
        var state = random.get_rng_state().bytes.ToArray();
        var start = content.AsSpan().IndexOf(state);
        BitConverter.TryWriteBytes(content.AsSpan(start + place), value);
        File.WriteAllBytes(folder["a"], [.. content, .. SHA256.HashData(content)]);
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder["a"], module));
        Assert.Contains("random state", error.Message, StringComparison.Ordinal);
        Assert.Equal(state, random.get_rng_state().bytes.ToArray());
    }
}
