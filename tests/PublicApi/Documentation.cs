using System.CodeDom.Compiler;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace TorchOptimExt.Tests.PublicApi;

/// <summary>The documentation comments of an assembly with what they inherit, as users see them. That there is one at all, the compiler sees.</summary>
internal sealed class Documentation
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly Dictionary<string, XElement> members;

    private Documentation(Assembly assembly) =>
        members = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);

    /// <summary>No comment inherits from itself, and every public method and constructor has a summary and describes all of its parameters.</summary>
    internal static void IsComplete(Assembly assembly)
    {
        var documentation = new Documentation(assembly);
        var methods = Types(assembly).SelectMany(type => type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared)));
        var missing = methods.Where(IsOurs).GroupBy(method => (Id(method), Names(method.GetParameters().Select(p => p.Name!)))).Select(documentation.Missing);
        var wrong = documentation.members.Keys.Where(name => documentation.Chain(name) is null).Select(name => $"{name} inherits from itself").Concat(missing.OfType<string>()).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<Type> Types(Assembly assembly) =>
        assembly.GetExportedTypes().Where(type => !type.Name.StartsWith('<') && !type.IsDefined(typeof(GeneratedCodeAttribute)));

    // As many complete comments as there are overloads with parameters of these names; a constructor without any may be the compiler's.
    private string? Missing(IGrouping<(string id, string names), MethodBase> overloads)
    {
        var (id, names) = overloads.Key;
        var complete = members.Keys.Count(key => (key == id || key.StartsWith(id + "(", StringComparison.Ordinal)) && Chain(key) is { } chain && IsComplete(chain, names));
        return complete >= overloads.Count() || (names == "" && overloads.First().IsConstructor) ? null : $"{id}: of {overloads.Count()} with ({names}) only {complete} have a summary and describe every parameter";
    }

    private static bool IsComplete(List<XElement> chain, string names) =>
        chain.Any(member => member.Element("inheritdoc") is { } inherited && inherited.Attribute("cref") is null)        // from the overridden method
        || (chain.Any(member => member.Element("summary") is not null) && Names(chain.SelectMany(member => member.Elements("param")).Select(p => p.Attribute("name")!.Value).Intersect(names.Split(' '))) == names);

    /// <summary>A comment and those that it inherits from by name; null where that goes in a circle.</summary>
    private List<XElement>? Chain(string name)
    {
        var chain = new List<XElement>();
        for (var at = name; at is not null && members.TryGetValue(at, out var member); at = member.Element("inheritdoc")?.Attribute("cref")?.Value)
        {
            if (chain.Contains(member)) return null;
            chain.Add(member);
        }
        return chain;
    }

    private static bool IsOurs(MethodBase method) =>
        (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && !method.IsDefined(typeof(CompilerGeneratedAttribute)) && method is not MethodInfo { IsSpecialName: true };

    private static string Id(MethodBase method) =>
        $"M:{method.DeclaringType!.FullName!.Replace('+', '.')}.{(method.IsConstructor ? "#ctor" : method.Name)}{(method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "")}";

    private static string Names(IEnumerable<string> names) => string.Join(' ', names.Distinct().Order(StringComparer.Ordinal));
}
