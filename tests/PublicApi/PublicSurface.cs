using System.CodeDom.Compiler;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace TorchOptimExt.Tests.PublicApi;

/// <summary>The public surface of an assembly as text, one type or member a line: what users see, and what a change of it must show in review.</summary>
internal static class PublicSurface
{
    private static readonly NullabilityInfoContext Nullability = new();

    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Compares with a text that lies beside the test; what is there instead is written beside that, as name.received.txt.</summary>
    internal static void Matches(Assembly assembly, string approvedPath)
    {
        var actual = string.Join('\n', Of(assembly)) + "\n";
        var approved = File.Exists(approvedPath) ? File.ReadAllText(approvedPath).ReplaceLineEndings("\n") : "";
        if (actual == approved) return;
        if (Environment.GetEnvironmentVariable("ACCEPT_PUBLIC_API") == "1")
        {
            File.WriteAllText(approvedPath, actual);
            return;
        }
        var received = Path.ChangeExtension(approvedPath, ".received.txt");
        File.WriteAllText(received, actual);
        var (before, after) = (approved.Split('\n').ToHashSet(), actual.Split('\n').ToHashSet());
        Assert.Fail($"The public API changed. If it is meant to, replace {Path.GetFileName(approvedPath)} by {received}, or run the test again with ACCEPT_PUBLIC_API=1 and read the difference in git.\n"
            + string.Join('\n', before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line)).Take(40)));
    }

    /// <summary>The types that are written by hand: not the compiler's, and not those that Orleans generates for messages.</summary>
    internal static IEnumerable<Type> Types(Assembly assembly) =>
        assembly.GetExportedTypes().Where(type => !type.Name.StartsWith('<') && !type.IsDefined(typeof(GeneratedCodeAttribute)));

    private static IEnumerable<string> Of(Assembly assembly) =>
        Types(assembly).OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(Lines);

    private static IEnumerable<string> Lines(Type type)
    {
        yield return Head(type);
        foreach (var line in type.GetMembers(Declared).Select(Line).OfType<string>().Order(StringComparer.Ordinal)) yield return "    " + line;
    }

    private static string Head(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : type.IsAbstract && type.IsSealed ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        List<string> up = [.. type is { IsClass: true, BaseType: { } parent } && parent != typeof(object) ? [Name(parent)] : (string[])[], .. Interfaces(type)];
        return $"{kind} {Name(type)}{(up.Count > 0 ? $" : {string.Join(", ", up)}" : "")}{Constraints(type.GetGenericArguments())}";
    }

    // Those that neither the base class nor another interface brings.
    private static IEnumerable<string> Interfaces(Type type)
    {
        var inherited = (type.BaseType?.GetInterfaces() ?? []).Concat(type.GetInterfaces().SelectMany(i => i.GetInterfaces()));
        return type.IsEnum ? [] : type.GetInterfaces().Except(inherited).Where(i => i.IsVisible).Select(Name).Order(StringComparer.Ordinal);
    }

    private static string Constraints(Type[] arguments) => string.Concat(arguments.Where(a => a.IsGenericParameter).Select(a => (a.Name, words: Words(a).ToList()))
        .Where(a => a.words.Count > 0).Select(a => $" where {a.Name} : {string.Join(", ", a.words)}"));

    private static IEnumerable<string> Words(Type argument)
    {
        var flags = argument.GenericParameterAttributes;
        if (flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint)) yield return "class";
        if (flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint)) yield return "struct";
        foreach (var constraint in argument.GetGenericParameterConstraints().Where(c => c != typeof(ValueType))) yield return Name(constraint);
        if (flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint)) yield return "new()";
    }

    private static string? Line(MemberInfo member) => member switch
    {
        _ when member.IsDefined(typeof(CompilerGeneratedAttribute)) && member is not FieldInfo { IsLiteral: true } => null,
        ConstructorInfo { IsStatic: false } made when Seen(made) => $"{Access(made)}.ctor({Parameters(made)})",
        MethodInfo method when Seen(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) => $"{Access(method)}{Name(method.ReturnParameter)} {method.Name}{Generics(method)}({Parameters(method)}){(method.IsGenericMethodDefinition ? Constraints(method.GetGenericArguments()) : "")}",
        PropertyInfo property when Accessor(property) is { } accessor => $"{Access(accessor)}{Name(property.PropertyType, Nullability.Create(property))} {property.Name} {{{(property.GetMethod is { } get && Seen(get) ? " get;" : "")}{(property.SetMethod is { } set && Seen(set) ? " set;" : "")} }}",
        FieldInfo { IsSpecialName: false } field when field.IsPublic || field.IsFamily => $"{(field.IsLiteral ? "const " : "")}{Name(field.FieldType, Nullability.Create(field))} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}",
        _ => null,
    };

    private static MethodInfo? Accessor(PropertyInfo property) => new[] { property.GetMethod, property.SetMethod }.FirstOrDefault(m => m is not null && Seen(m));

    private static bool Seen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : "") + (method.DeclaringType!.IsInterface ? "" : method.IsAbstract ? "abstract " : method is MethodInfo m && m.GetBaseDefinition() != m ? "override " : method.IsVirtual && !method.IsFinal ? "virtual " : "");

    private static string Generics(MethodInfo method) => method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
        $"{(p.IsOut ? "out " : p.ParameterType.IsByRef ? p.IsIn ? "in " : "ref " : "")}{Name(p)} {p.Name}{(p.HasDefaultValue ? $" = {Default(p)}" : "")}"));

    private static string Default(ParameterInfo parameter) => parameter.RawDefaultValue switch
    {
        null => parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? "default" : "null",
        var number when parameter.ParameterType.IsEnum => $"{Enum.ToObject(parameter.ParameterType, number)}",
        bool b => b ? "true" : "false",
        string s => $"\"{s}\"",
        var value => FormattableString.Invariant($"{value}"),
    };

    private static string Name(ParameterInfo parameter) => Name(parameter.ParameterType, Nullability.Create(parameter));

    // A reference that may be null ends in "?", inside of generic types and arrays, too.
    private static string Name(Type type, NullabilityInfo nullability)
    {
        if (type.IsByRef) return Name(type.GetElementType()!, nullability);
        var mark = !type.IsValueType && (nullability.ReadState == NullabilityState.Nullable || nullability.WriteState == NullabilityState.Nullable) ? "?" : "";
        if (type.IsArray) return Name(type.GetElementType()!, nullability.ElementType!) + "[]" + mark;
        var arguments = type.GetGenericArguments();
        if (!type.IsGenericType || Nullable.GetUnderlyingType(type) is not null || type.DeclaringType is { IsGenericType: true } || nullability.GenericTypeArguments.Length != arguments.Length)
            return Name(type) + mark;
        var plain = Name(type);
        return $"{plain[..plain.IndexOf('<', StringComparison.Ordinal)]}<{string.Join(", ", arguments.Zip(nullability.GenericTypeArguments, Name))}>{mark}";
    }

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
