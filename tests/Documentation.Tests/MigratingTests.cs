using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using TorchOptimExt;
using TorchSharp;
using TorchSharp.Modules;

namespace Documentation.Tests;

/// <summary>The tables of docs/migrating.md say what differs from PyTorch's signatures, which PyTorch wrote down itself.</summary>
public partial class MigratingTests
{
    private static readonly JsonElement PyTorch =
        JsonDocument.Parse(File.ReadAllText(Page.Beside("../References/signatures.json"))).RootElement;

    private static readonly string[][] Rows = [.. File.ReadLines(Path.Combine(Page.Root, "docs/migrating.md"))
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
        .Select(line => line[1..^1].Split('|', StringSplitOptions.TrimEntries))];

    public static TheoryData<string> Optimizers => [.. Of("optimizers").Where(name => name != "SparseAdam")];

    public static TheoryData<string> Schedules => [.. Of("schedules")];

    [Theory, MemberData(nameof(Optimizers))]
    public void The_row_of_an_optimizer_has_what_differs(string name)
    {
        var row = Rows.First(row => row[0] == $"`{name}`" && row[1] != "`WolfeLBFGS`");
        var theirs = PyTorch.GetProperty("optimizers").GetProperty(name).EnumerateObject().ToDictionary(a => a.Name, a => a.Value);
        var names = Renamed().Matches(row[2]).ToDictionary(match => match.Groups[1].Value,
            match => Quoted().Matches(match.Groups[2].Value).Select(quoted => quoted.Groups[1].Value).ToArray());
        var expected = new List<string>();
        foreach (var (argument, value) in theirs)
        {
            string[] here = names.TryGetValue(argument, out var others) ? others : [argument];
            JsonElement[] values = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
            Assert.Equal(values.Length, here.Length);
            foreach (var (ours, theirDefault) in here.Zip(values)) expected.AddRange(Difference(Factory(name), ours, theirDefault));
        }

        Assert.Equal(expected.Order(), Differences().Matches(row[3]).Select(m => m.Value).Order());
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void The_fused_factory_has_the_arguments_and_defaults_of_TorchSharp_s(string name)
    {
        if (name == "LBFGS") return;        // has none, as the page says
        static IEnumerable<(string?, object?)> Arguments(MethodInfo factory) =>
            factory.GetParameters().Skip(1).Select(p => (p.Name, p.DefaultValue));

        Assert.Equal(Arguments(Factory(name)), Arguments(Factory(typeof(FusedOptimizers), name)));
    }

    [Theory, MemberData(nameof(Schedules))]
    public void A_schedule_of_PyTorch_has_a_row_that_names_one_that_is_here(string name)
    {
        var row = Rows.Single(row => row.Length == 2 && row[0].Contains($"`{name}`", StringComparison.Ordinal));
        var here = row[1].Contains("same name", StringComparison.Ordinal) ? name : Quoted().Match(row[1]).Groups[1].Value;

        var theirs = row[1].Contains("TorchSharp's", StringComparison.Ordinal);
        var type = theirs ? typeof(torch.optim.lr_scheduler) : typeof(SchedulerExtensions);
        Assert.Contains(type.GetMethods(), method => method.Name == here);
    }

    private static IEnumerable<string> Of(string kind) => PyTorch.GetProperty(kind).EnumerateObject().Select(o => o.Name);

    private static MethodInfo Factory(string name) => Factory(typeof(torch.optim), name);

    private static MethodInfo Factory(Type type, string name) => type.GetMethods().Single(method =>
        method.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
        && method.GetParameters()[0].ParameterType == typeof(IEnumerable<Parameter>));

    // What the page says of an argument whose default differs or that is missing.
    private static IEnumerable<string> Difference(MethodInfo factory, string name, JsonElement theirs)
    {
        if (factory.GetParameters().SingleOrDefault(p => p.Name == name) is not { } parameter) return [$"no `{name}`"];
        if (theirs.ValueKind is JsonValueKind.Null)
            return parameter.HasDefaultValue && parameter.DefaultValue is not null ? [$"`{name}` differs"] : [];
        if (theirs.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return theirs.GetBoolean().Equals(parameter.DefaultValue) ? [] : [$"`{name}` differs"];
        var ours = Convert.ToDouble(parameter.DefaultValue, null);
        return ours == theirs.GetDouble() ? [] : [$"`{name}` {Text(ours)} ({Text(theirs.GetDouble())})"];
    }

    private static string Text(double value) => value is not 0 and < 1e-4 ? value.ToString("0e-00") : value.ToString();

    [GeneratedRegex("`(\\w+)`: ((?:`\\w+`(?:, )?)+)")]
    private static partial Regex Renamed();

    [GeneratedRegex("`([\\w.]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("no `\\w+`|`\\w+` [\\d.e-]+ \\([\\d.e-]+\\)")]
    private static partial Regex Differences();
}
