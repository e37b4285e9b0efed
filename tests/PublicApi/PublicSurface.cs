using System.Reflection;
using System.Runtime.CompilerServices;

namespace TorchOptimExt.Tests.PublicApi;

/// <summary>The public surface of an assembly as text, one type or member a line: what users see, and what a change of it must show in review.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Compares with a text that lies beside the test; what is there instead is written beside that, as name.received.txt.</summary>
    internal static void Matches(Assembly assembly, string approvedPath)
    {
        var actual = string.Join('\n', Of(assembly)) + "\n";
        var approved = File.Exists(approvedPath) ? File.ReadAllText(approvedPath).ReplaceLineEndings("\n") : "";
        if (actual == approved) return;
        var received = Path.ChangeExtension(approvedPath, ".received.txt");
        File.WriteAllText(received, actual);
        var (before, after) = (approved.Split('\n').ToHashSet(), actual.Split('\n').ToHashSet());
        Assert.Fail($"The public API changed. If it is meant to, replace {Path.GetFileName(approvedPath)} by {received}.\n"
            + string.Join('\n', before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line)).Take(40)));
    }

    private static IEnumerable<string> Of(Assembly assembly) =>
        assembly.GetExportedTypes().Where(type => !type.Name.StartsWith('<')).OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(Lines);

    private static IEnumerable<string> Lines(Type type)
    {
        yield return Head(type);
        foreach (var line in type.GetMembers(Declared).Select(Line).OfType<string>().Order(StringComparer.Ordinal)) yield return "    " + line;
    }

    private static string Head(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : type.IsAbstract && type.IsSealed ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        var up = type is { IsClass: true, BaseType: { } parent } && parent != typeof(object) ? $" : {Name(parent)}" : "";
        return $"{kind} {Name(type)}{up}";
    }

    private static string? Line(MemberInfo member) => member switch
    {
        _ when member.IsDefined(typeof(CompilerGeneratedAttribute)) && member is not FieldInfo { IsLiteral: true } => null,
        ConstructorInfo { IsStatic: false } made when Seen(made) => $"{Access(made)}.ctor({Parameters(made)})",
        MethodInfo method when Seen(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) => $"{Access(method)}{Name(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})",
        PropertyInfo property when Accessor(property) is { } accessor => $"{Access(accessor)}{Name(property.PropertyType)} {property.Name} {{{(property.GetMethod is { } get && Seen(get) ? " get;" : "")}{(property.SetMethod is { } set && Seen(set) ? " set;" : "")} }}",
        FieldInfo { IsSpecialName: false } field when field.IsPublic || field.IsFamily => $"{(field.IsLiteral ? "const " : "")}{Name(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}",
        _ => null,
    };

    private static MethodInfo? Accessor(PropertyInfo property) => new[] { property.GetMethod, property.SetMethod }.FirstOrDefault(m => m is not null && Seen(m));

    private static bool Seen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : "") + (method.DeclaringType!.IsInterface ? "" : method.IsAbstract ? "abstract " : method is MethodInfo m && m.GetBaseDefinition() != m ? "override " : method.IsVirtual && !method.IsFinal ? "virtual " : "");

    private static string Generics(MethodInfo method) => method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
        $"{(p.IsOut ? "out " : p.ParameterType.IsByRef ? p.IsIn ? "in " : "ref " : "")}{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? $" = {Default(p.RawDefaultValue)}" : "")}"));

    private static string Default(object? value) => value switch { null => "null", bool b => b ? "true" : "false", string s => $"\"{s}\"", _ => FormattableString.Invariant($"{value}") };

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter) return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } inner) return Name(inner) + "?";
        var outer = type.DeclaringType is { } declaring ? Name(declaring) + "." : type.Namespace is "System" ? "" : type.Namespace + ".";
        var arguments = type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).ToList();
        return outer + type.Name.Split('`')[0] + (arguments.Count > 0 ? $"<{string.Join(", ", arguments.Select(Name))}>" : "");
    }
}
