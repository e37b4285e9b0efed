using System.Xml.Linq;
using TorchOptimExt;
using TorchOptimExt.ML;

namespace Documentation.Tests;

/// <summary>The examples in documentation comments compile, in front of a reader who has a model and data of his own.</summary>
public class ExampleTests
{
    private static readonly Dictionary<string, string[]> Examples = new[] { typeof(OptimExtensions), typeof(TorchCatalog) }
        .SelectMany(type => XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml")).Descendants("member"))
        .Select(member => (name: member.Attribute("name")!.Value, code: member.Descendants("example").Descendants("code").Select(code => code.Value).ToArray()))
        .Where(member => member.code.Length > 0).ToDictionary(member => member.name, member => member.code);

    public static TheoryData<string> Members => [.. Examples.Keys];

    [Theory, MemberData(nameof(Members))]
    public void Example_compiles(string member)
    {
        var complaints = PageProgram.Compile("comments", member, Examples[member].Select(code => (1, code))).complaints;
        Assert.True(complaints.Length == 0, string.Join('\n', complaints));
    }
}
