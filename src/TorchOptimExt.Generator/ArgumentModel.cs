using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TorchOptimExt.Generator;

/// <summary>A property that is an argument of the constructors: a hyperparameter, or another one marked [ConstructorArgument].</summary>
internal sealed class ArgumentModel(IPropertySymbol property, AttributeData mark)
{
    internal string Name => property.Name;

    /// <summary>The inside of its summary.</summary>
    internal string Documentation { get; } = DocumentationText.Summary(property);

    /// <summary>Whether all groups have the same value, so that a group's constructor has no such argument.</summary>
    internal bool IsShared => Flag("Shared");

    internal bool IsLast => Flag("Last");

    internal bool IsMomentum => Flag("Momentum");

    /// <summary>The property's type, which is nullable: a group that leaves it null takes the optimizer's.</summary>
    internal string OpenType => property.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithMiscellaneousOptions(
        SymbolDisplayFormat.FullyQualifiedFormat.MiscellaneousOptions
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier));

    private bool IsOptional => Flag("Optional");

    /// <summary>As an argument of the optimizer's constructor, for example <c>double beta = 0.9</c>.</summary>
    internal string Argument => Default is { } value ? $"{ClosedType} {Name} = {value}"
        : IsOpen ? $"{OpenType} {Name} = null" : $"{ClosedType} {Name}";

    // An argument that is no hyperparameter may have a nullable type, and then it may be left out.
    private bool IsOpen =>
        IsOptional || (mark.AttributeClass!.Name != "HyperparameterAttribute" && OpenType.EndsWith("?", System.StringComparison.Ordinal));

    private string ClosedType => IsOpen ? OpenType : OpenType.TrimEnd('?');

    // Numbers as they are written in C#; where one does not fit the property's type the compiler says so.
    private string? Default => mark.NamedArguments.FirstOrDefault(a => a.Key == "Default")
        is { Key: not null, Value: { IsNull: false } value } ? Text(value) : null;

    private static string Text(TypedConstant value) =>
        value.Kind == TypedConstantKind.Enum ? value.ToCSharpString().Insert(0, "global::")
            : SymbolDisplay.FormatPrimitive(value.Value!, quoteStrings: true, useHexadecimalNumbers: false)!;

    private bool Flag(string name) => mark.NamedArguments.Any(a => a.Key == name && a.Value.Value is true);
}
