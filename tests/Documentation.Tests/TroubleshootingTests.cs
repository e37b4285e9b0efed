using Mistakes = Documentation.Tests.Symptoms;

namespace Documentation.Tests;

/// <summary>docs/troubleshooting.md shows what goes wrong in the words that a user sees.</summary>
public class TroubleshootingTests
{
    private static readonly string[] Shown = [.. Page.Read("docs/troubleshooting.md").Symptoms];

    // Seen where libtorch cannot be loaded, where the runtime compiles without its optimizer, on the standard error, and where a
    // garbage collection comes between.
    private static readonly string[] Elsewhere =
    [
        "System.NotSupportedException: This application or script uses TorchSharp but doesn't contain a reference to libtorch-",
        "System.DllNotFoundException: Unable to load shared library 'LibTorchSharp' or one of its dependencies.",
        "the runtime compiles without its optimizer",
        "Warning: Using a target size",
        "Expected false to be true, but got false.",
    ];

    public static TheoryData<string> Names => [.. Mistakes.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void What_is_seen_is_shown(string mistake)
    {
        var seen = Mistakes.All[mistake]();
        Assert.True(Shown.Any(seen.Contains), $"The page does not show: {seen}");
    }

    [Fact]
    public void What_is_shown_is_seen()
    {
        var seen = Mistakes.All.Values.Select(mistake => mistake()).ToArray();
        foreach (var line in Shown.Where(line => !Elsewhere.Any(line.Contains)))
            Assert.True(seen.Any(message => message.Contains(line, StringComparison.Ordinal)), $"The page shows what is not seen: {line}");
    }
}
