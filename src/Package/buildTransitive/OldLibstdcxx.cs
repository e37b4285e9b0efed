// Compiled by MSBuild where a program is built (RoslynCodeTaskFactory: netstandard2.0, one file).
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;

/// <summary>Copies a library that needs GLIBCXX_3.4.32 for one symbol so that GLIBCXX_3.4 is enough; what it cannot read it
/// leaves alone.</summary>
public class OldLibstdcxx : Microsoft.Build.Utilities.Task
{
    private const string NewVersion = "GLIBCXX_3.4.32", OldVersion = "GLIBCXX_3.4";

    // Both initialize the standard streams; nobody reads the result, and the constructor does not touch its object.
    private const string NewSymbol = "_ZSt21ios_base_library_initv", OldSymbol = "_ZNSt8ios_base4InitC1Ev";

    /// <summary>TorchSharp's native library for Linux, as restored.</summary>
    [Required]
    public ITaskItem[] Library { get; set; }

    /// <summary>Where the adapted copy goes.</summary>
    [Required]
    public string Folder { get; set; }

    /// <summary>Also where this machine's libstdc++ has the version.</summary>
    public bool Always { get; set; }

    /// <summary>The adapted file, or empty where the library can stay as it is.</summary>
    [Output]
    public string Adapted { get; set; } = "";

    /// <summary>Adapts the library where it must and can be; never fails the build.</summary>
    public override bool Execute()
    {
        try
        {
            if (Always || !SystemHas(Libstdcxx())) Adapt(
                Path.GetFullPath(Library[0].ItemSpec), Path.GetFullPath(Path.Combine(Folder, "libLibTorchSharp.so")));
        }
        catch (Exception e) when (e is IOException || e is UnauthorizedAccessException)
        {
            Log.LogMessage(MessageImportance.High, "TorchOptimExt: libLibTorchSharp.so stays as it is: " + e.Message);
        }
        return true;
    }

    private void Adapt(string library, string adapted)
    {
        var source = new FileInfo(library);
        var target = new FileInfo(adapted);
        // Another time than the library's: a build copies what differs in time or length from what lies in the output folder.
        var time = source.LastWriteTimeUtc.AddSeconds(2);
        if (target.Exists && target.Length == source.Length && target.LastWriteTimeUtc == time) { Adapted = adapted; return; }
        var bytes = File.ReadAllBytes(library);
        var reason = Rewrite(bytes);
        if (reason != null)
        {
            Log.LogMessage(MessageImportance.High, "TorchOptimExt: libLibTorchSharp.so stays as it is: " + reason + ".");
            return;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(adapted));
        var partial = adapted + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(partial, bytes);
        File.SetLastWriteTimeUtc(partial, time);
        if (target.Exists) File.Delete(adapted);
        File.Move(partial, adapted);
        Adapted = adapted;
        Log.LogMessage(MessageImportance.High,
            "TorchOptimExt: the program gets a copy of libLibTorchSharp.so that runs on this system's libstdc++, which lacks "
            + NewVersion + " (TorchSharpOldLibstdcxx=false switches this off).");
    }

    /// <summary>The libstdc++ that programs load here: the one in this process, else the first in the usual folders; null where
    /// none is found.</summary>
    public static string Libstdcxx()
    {
        const string name = "libstdc++.so.6";
        IEnumerable<string> loaded = File.Exists("/proc/self/maps")
            ? File.ReadLines("/proc/self/maps").Where(line => line.Contains("/" + name)).Select(line => line.Substring(line.IndexOf('/')))
            : Enumerable.Empty<string>();
        var usual = new[] { "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib" }.Select(
            folder => folder + "/" + name);
        return loaded.Concat(usual).FirstOrDefault(File.Exists);
    }

    /// <summary>Whether a libstdc++ has the version; true for none at all, about which nothing can be said.</summary>
    public static bool SystemHas(string libstdcxx) =>
        libstdcxx == null || Contains(File.ReadAllBytes(libstdcxx), Encoding.ASCII.GetBytes(NewVersion + "\0"));

    private static bool Contains(byte[] bytes, byte[] part)
    {
        for (var at = Array.IndexOf(bytes, part[0]); at >= 0 && at + part.Length <= bytes.Length;
            at = Array.IndexOf(bytes, part[0], at + 1))
        {
            var same = 1;
            while (same < part.Length && bytes[at + same] == part[same]) same++;
            if (same == part.Length) return true;
        }
        return false;
    }

    /// <summary>Rewrites the library's bytes in place; null, or why none of them was changed.</summary>
    public static string Rewrite(byte[] bytes)
    {
        try
        {
            var copy = (byte[])bytes.Clone();
            var reason = new Elf(copy).Rewrite();
            if (reason == null) Array.Copy(copy, bytes, bytes.Length);
            return reason;
        }
        catch (Exception e) when (e is ArgumentException || e is IndexOutOfRangeException || e is OverflowException)
        {
            return "it is damaged or cut off";
        }
    }

    private sealed class Elf
    {
        private readonly byte[] bytes;
        private readonly List<Section> sections = new List<Section>();

        internal Elf(byte[] bytes) => this.bytes = bytes;

        internal string Rewrite()
        {
            if (bytes.Length < 64 || Word(0) != 0x464C457F) return "it is not an ELF file";
            if (bytes[4] != 2 || bytes[5] != 1 || Half(18) != 62) return "it is not for 64-bit x86";
            ReadSections();
            var symbols = sections.FirstOrDefault(s => s.Type == 11); // SHT_DYNSYM
            var versions = sections.FirstOrDefault(s => s.Type == 0x6FFFFFFF); // SHT_GNU_versym
            var needed = sections.FirstOrDefault(s => s.Type == 0x6FFFFFFE); // SHT_GNU_verneed
            if (symbols == null || versions == null || needed == null) return "it has no versions of symbols";
            return Rewrite(symbols, sections[symbols.Link], versions, needed);
        }

        private string Rewrite(Section symbols, Section names, Section versions, Section needed)
        {
            int newEntry = Version(needed, NewVersion), oldEntry = Version(needed, OldVersion);
            if (newEntry < 0) return "it does not need " + NewVersion;
            if (oldEntry < 0) return "it does not need " + OldVersion;
            var count = symbols.Size / 24;
            var users = Enumerable.Range(0, count).Where(i => (Half(versions.Offset + 2 * i) & 0x7FFF) == Half(newEntry + 6)).ToList();
            if (users.Count != 1 || Text(names, Word(symbols.Offset + 24 * users[0])) != NewSymbol)
                return "it needs more of " + NewVersion + " than can be replaced";
            int name = Word(symbols.Offset + 24 * users[0]), end = name + NewSymbol.Length;
            var shared = Enumerable.Range(0, count).Any(
                i => i != users[0] && Word(symbols.Offset + 24 * i) >= name && Word(symbols.Offset + 24 * i) <= end);
            if (shared) return "another symbol shares the name's bytes";
            var text = Encoding.ASCII.GetBytes(OldSymbol.PadRight(NewSymbol.Length, '\0'));
            if (names.Offset + name + text.Length > bytes.Length || versions.Offset + 2 * users[0] + 2 > bytes.Length)
                throw new ArgumentException("cut off");
            Array.Copy(text, 0, bytes, names.Offset + name, text.Length);
            SetHalf(versions.Offset + 2 * users[0], Half(oldEntry + 6));
            SetHalf(newEntry + 4, Half(newEntry + 4) | 2); // VER_FLG_WEAK: the loader does not insist on the version
            return null;
        }

        private void ReadSections()
        {
            int table = Long(40), size = Half(58), count = Half(60);
            if (size < 64 || checked(table + size * count) > bytes.Length) throw new ArgumentException("section headers");
            for (var i = 0; i < count; i++)
            {
                var at = checked(table + i * size);
                sections.Add(new Section { Type = Word(at + 4), Offset = Long(at + 24),
                    Size = Word(at + 4) == 8 ? 0 : Long(at + 32), Link = Word(at + 40), Info = Word(at + 44) });
            }
        }

        /// <summary>Where the entry (Elf64_Vernaux) of a version of libstdc++ lies, or −1.</summary>
        private int Version(Section needed, string version)
        {
            var names = sections[needed.Link];
            var at = needed.Offset;
            for (var file = 0; file < needed.Info; file++)
            {
                var entry = checked(at + Word(at + 8));
                for (var i = 0; i < Half(at + 2); i++)
                {
                    if (Text(names, Word(at + 4)) == "libstdc++.so.6" && Text(names, Word(entry + 8)) == version) return entry;
                    entry = Next(entry, Word(entry + 12));
                }
                at = Next(at, Word(at + 12));
            }
            return -1;
        }

        /// <summary>Where the next of a list of entries lies: further on, or past the end where a damaged list runs in a circle.</summary>
        private int Next(int at, int distance) => distance < 16 ? bytes.Length : checked(at + distance);

        private string Text(Section names, int at)
        {
            var start = checked(names.Offset + at);
            var end = Array.IndexOf(bytes, (byte)0, start);
            if (end < 0) throw new ArgumentException("a name without end");
            return Encoding.ASCII.GetString(bytes, start, end - start);
        }

        private int Half(int at) => BitConverter.ToUInt16(bytes, at);

        private int Word(int at) => BitConverter.ToInt32(bytes, at);

        private int Long(int at) => checked((int)BitConverter.ToInt64(bytes, at));

        private void SetHalf(int at, int value) => Array.Copy(BitConverter.GetBytes((ushort)value), 0, bytes, at, 2);

        private sealed class Section
        {
            internal int Type, Offset, Size, Link, Info;
        }
    }
}
