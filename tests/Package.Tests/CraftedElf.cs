using System.Buffers.Binary;
using System.Text;

namespace Package.Tests;

/// <summary>A shared library with nothing in it but the tables of symbols and of the versions that they need.</summary>
internal sealed class CraftedElf
{
    public const string New = "GLIBCXX_3.4.32", Old = "GLIBCXX_3.4", OldName = "_ZNSt8ios_base4InitC1Ev", NewName = "_ZSt21ios_base_library_initv";

    private const int Header = 64, SectionHeader = 64, Symbol = 24, Need = 16;

    /// <summary>The versions that it needs of a library.</summary>
    public string[] Versions { get; init; } = ["GLIBCXX_3.4.21", New, Old];

    /// <summary>Those that the loader does not insist on.</summary>
    public string[] Weak { get; init; } = [];

    public string NeededLibrary { get; init; } = "libstdc++.so.6";

    /// <summary>Its symbols, each with its version or none.</summary>
    public (string name, string? version)[] Symbols { get; init; } = [("_ZNSolsEi", Old), (NewName, New), ("main", null), ("_ZNSt6thread", "GLIBCXX_3.4.21")];

    /// <summary>The file.</summary>
    public byte[] Bytes()
    {
        var text = new List<byte> { 0 };
        int Name(string name)
        {
            var at = text.Count;
            text.AddRange(Encoding.ASCII.GetBytes(name + "\0"));
            return at;
        }

        var (symbols, versions, needed) = (new byte[Symbol * (Symbols.Length + 1)], new byte[2 * (Symbols.Length + 1)], new byte[Need * (Versions.Length + 1)]);
        for (var i = 0; i < Symbols.Length; i++)
        {
            Write(symbols, Symbol * (i + 1), 4, Name(Symbols[i].name));
            Write(versions, 2 * (i + 1), 2, Symbols[i].version is { } version ? Index(version) : 1);
        }
        WriteNeeds(needed, Name);
        return File([.. text], symbols, versions, needed);
    }

    private int Index(string version) => Array.IndexOf(Versions, version) + 2;

    private void WriteNeeds(byte[] needed, Func<string, int> name)
    {
        Write(needed, 0, 2, 1);
        Write(needed, 2, 2, Versions.Length);
        Write(needed, 4, 4, name(NeededLibrary));
        Write(needed, 8, 4, Need);
        for (var i = 0; i < Versions.Length; i++)
        {
            var at = Need * (i + 1);
            Write(needed, at + 4, 2, Weak.Contains(Versions[i]) ? 2 : 0);
            Write(needed, at + 6, 2, Index(Versions[i]));
            Write(needed, at + 8, 4, name(Versions[i]));
            Write(needed, at + 12, 4, i < Versions.Length - 1 ? Need : 0);
        }
    }

    private static byte[] File(byte[] text, byte[] symbols, byte[] versions, byte[] needed)
    {
        (uint type, byte[] content, int link, int info)[] sections =
            [(0, [], 0, 0), (3, text, 0, 0), (11, symbols, 1, 1), (0x6FFFFFFF, versions, 2, 0), (0x6FFFFFFE, needed, 1, 1)];
        var table = Header + sections.Sum(section => section.content.Length);
        var file = new byte[table + SectionHeader * sections.Length];
        ((byte[])[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(file, 0);
        Write(file, 16, 2, 3);
        Write(file, 18, 2, 62);
        Write(file, 40, 8, table);
        Write(file, 58, 2, SectionHeader);
        Write(file, 60, 2, sections.Length);
        for (int i = 0, offset = Header; i < sections.Length; offset += sections[i].content.Length, i++)
        {
            sections[i].content.CopyTo(file, offset);
            var at = table + SectionHeader * i;
            Write(file, at + 4, 4, sections[i].type);
            Write(file, at + 24, 8, offset);
            Write(file, at + 32, 8, sections[i].content.Length);
            Write(file, at + 40, 4, sections[i].link);
            Write(file, at + 44, 4, sections[i].info);
        }
        return file;
    }

    private static void Write(byte[] bytes, int at, int size, long value)
    {
        var eight = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(eight, value);
        Array.Copy(eight, 0, bytes, at, size);
    }
}
