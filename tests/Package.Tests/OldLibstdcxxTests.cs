using System.Text;

namespace Package.Tests;

/// <summary>The build step that lets TorchSharp's native library run on an older libstdc++.</summary>
public class OldLibstdcxxTests
{
    [Fact]
    public void The_symbol_asks_for_the_older_name_and_version_and_nothing_else_changes()
    {
        var padded = CraftedElf.OldName.PadRight(CraftedElf.NewName.Length, '\0');
        var expected = new CraftedElf
        {
            Symbols = [("_ZNSolsEi", CraftedElf.Old), (padded, CraftedElf.Old), ("main", null), ("_ZNSt6thread", "GLIBCXX_3.4.21")],
            Weak = [CraftedElf.New],
        }.Bytes();
        var bytes = new CraftedElf().Bytes();

        Assert.Null(OldLibstdcxx.Rewrite(bytes));

        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void A_library_that_was_rewritten_is_left_alone()
    {
        var bytes = new CraftedElf().Bytes();
        OldLibstdcxx.Rewrite(bytes);

        AssertUnchanged("it needs more of GLIBCXX_3.4.32 than can be replaced", bytes);
    }

    [Fact]
    public void TorchSharp_s_library_differs_afterwards_in_the_name_the_version_and_the_flag_only()
    {
        var before = PackageFolder.Library();
        var after = (byte[])before.Clone();

        Assert.Null(OldLibstdcxx.Rewrite(after));

        Assert.InRange(Enumerable.Range(0, before.Length).Count(i => before[i] != after[i]), 1, CraftedElf.NewName.Length + 2 + 2);
    }

    [Fact]
    public void What_is_no_library_is_left_alone()
    {
        AssertUnchanged("it is not an ELF file", []);
        AssertUnchanged("it is not an ELF file", new byte[1000]);
        AssertUnchanged("it is not an ELF file", Encoding.ASCII.GetBytes(new string('x', 1000)));
    }

    [Theory]
    [InlineData(4, 1)] // 32 bits
    [InlineData(5, 2)] // the other end first
    [InlineData(18, 183)] // for ARM
    [InlineData(18, 3)] // for 32-bit x86
    public void A_library_for_another_machine_is_left_alone(int at, byte value)
    {
        var bytes = new CraftedElf().Bytes();
        bytes[at] = value;

        AssertUnchanged("it is not for 64-bit x86", bytes);
    }

    [Fact]
    public void A_library_that_needs_other_versions_is_left_alone()
    {
        AssertUnchanged("it does not need GLIBCXX_3.4.32", new CraftedElf { Versions = ["GLIBCXX_3.4.21", CraftedElf.Old], Symbols = [("_ZNSolsEi", CraftedElf.Old)] }.Bytes());
        AssertUnchanged("it does not need GLIBCXX_3.4.32", new CraftedElf { Versions = ["GLIBCXX_3.4.320", CraftedElf.Old], Symbols = [(CraftedElf.NewName, "GLIBCXX_3.4.320")] }.Bytes());
        AssertUnchanged("it does not need GLIBCXX_3.4.32", new CraftedElf { NeededLibrary = "libc++.so.1" }.Bytes());
        AssertUnchanged("it does not need GLIBCXX_3.4", new CraftedElf { Versions = [CraftedElf.New, "GLIBCXX_3.4.21"], Symbols = [(CraftedElf.NewName, CraftedElf.New)] }.Bytes());
    }

    public static TheoryData<string[]> OtherUsers => new()
    {
        Array.Empty<string>(),
        new[] { "_ZSt4more" },
        new[] { CraftedElf.NewName, "_ZSt4more" },
        new[] { "_ZSt4more", CraftedElf.NewName },
        new[] { CraftedElf.NewName, CraftedElf.NewName },
        new[] { CraftedElf.NewName + "2" },
    };

    [Theory]
    [MemberData(nameof(OtherUsers))]
    public void A_library_that_needs_other_symbols_of_the_version_is_left_alone(string[] names) =>
        AssertUnchanged("it needs more of GLIBCXX_3.4.32 than can be replaced", new CraftedElf { Symbols = [.. names.Select(name => (name, (string?)CraftedElf.New))] }.Bytes());

    [Fact]
    public void A_library_without_its_table_of_versions_is_left_alone()
    {
        for (var section = 2; section <= 4; section++)
        {
            var bytes = new CraftedElf().Bytes();
            bytes[BitConverter.ToInt32(bytes, 40) + 64 * section + 4] = 1; // its type: plain content

            AssertUnchanged("it has no versions of symbols", bytes);
        }
    }

    [Fact]
    public void Lists_that_run_in_a_circle_are_damaged()
    {
        var bytes = new CraftedElf { Versions = ["A", CraftedElf.Old] }.Bytes();
        var needed = BitConverter.ToInt32(bytes, BitConverter.ToInt32(bytes, 40) + 64 * 4 + 24);
        BitConverter.GetBytes(-16).CopyTo(bytes, needed + 16 + 12);
        AssertUnchanged("it is damaged or cut off", bytes);

        BitConverter.GetBytes(0).CopyTo(bytes, needed + 16 + 12);
        AssertUnchanged("it is damaged or cut off", bytes);
    }

    [Fact]
    public void A_library_that_is_cut_off_anywhere_is_left_alone()
    {
        var whole = new CraftedElf().Bytes();
        for (var length = 0; length < whole.Length; length++)
            AssertUnchanged(null, whole[..length]);

        var library = PackageFolder.Library();
        for (var part = 0; part < 50; part++)
            AssertUnchanged(null, library[..(int)((long)library.Length * part / 50)]);
        AssertUnchanged(null, library[..^1]);
    }

    [Fact]
    public void Damaged_bytes_never_throw_and_are_changed_whole_or_not_at_all()
    {
        var random = new Random(1);
        var whole = new CraftedElf().Bytes();
        for (var turn = 0; turn < 20_000; turn++)
        {
            var bytes = (byte[])whole.Clone();
            for (var damage = random.Next(1, 9); damage > 0; damage--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var before = (byte[])bytes.Clone();
            if (OldLibstdcxx.Rewrite(bytes) is not null) Assert.Equal(before, bytes);
            else Assert.NotEqual(before, bytes);
        }
    }

    [Theory]
    [InlineData("GLIBCXX_3.4.31\0GLIBCXX_3.4.32\0GLIBCXX_3.4.33\0", true)]
    [InlineData("GLIBCXX_3.4.32\0", true)]
    [InlineData("GGLIBCXX_3.4.32\0", true)]
    [InlineData("GLIBCXX_3.4.3\0GLIBCXX_3.4.30\0", false)]
    [InlineData("GLIBCXX_3.4.320\0", false)]
    [InlineData("GLIBCXX_3.4.32", false)]
    [InlineData("", false)]
    public void A_system_has_the_version_that_its_libstdcxx_names(string content, bool has)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, content);
            Assert.Equal(has, OldLibstdcxx.SystemHas(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_system_without_a_libstdcxx_is_left_alone() => Assert.True(OldLibstdcxx.SystemHas(null));

    [Fact]
    public void The_package_folder_keeps_the_library_as_it_was_published() => Assert.Equal(PackageFolder.PublishedLibrary(), PackageFolder.Library());

    [LinuxFact]
    public void A_program_loads_the_library_that_this_system_needs()
    {
        using var one = TorchSharp.torch.ones(1);
        Assert.Equal(1, one.item<float>());

        var loaded = File.ReadLines("/proc/self/maps").Select(line => line[(line.IndexOf('/') is var at and >= 0 ? at : line.Length)..]).First(path => path.EndsWith("/libLibTorchSharp.so", StringComparison.Ordinal));
        var expected = PackageFolder.Library();
        if (!OldLibstdcxx.SystemHas(OldLibstdcxx.Libstdcxx())) OldLibstdcxx.Rewrite(expected);
        Assert.Equal(expected, File.ReadAllBytes(loaded));
    }

    // What must be said, or null for anything.
    private static void AssertUnchanged(string? reason, byte[] bytes)
    {
        var before = (byte[])bytes.Clone();
        var said = OldLibstdcxx.Rewrite(bytes);
        Assert.NotNull(said);
        if (reason is not null) Assert.Equal(reason, said);
        Assert.DoesNotContain('\n', said);
        Assert.Equal(before, bytes);
    }
}
