using Microsoft.CodeAnalysis;

namespace TorchOptimExt.Generator;

/// <summary>What a class marked [Optimizer] declares.</summary>
internal sealed class OptimizerModel
{
    internal const string Namespace = "TorchOptimExt.Parameters";

    internal OptimizerModel(INamedTypeSymbol optimizer)
    {
        Name = optimizer.Name;
        Space = optimizer.ContainingNamespace.ToDisplayString();
        Summary = DocumentationText.FirstSentences(optimizer);
        Options = optimizer.GetTypeMembers("Options").FirstOrDefault();
        var rows = Options is null ? [] : Declared(Options, "HyperparameterAttribute");
        Hyperparameters = [.. rows.OrderBy(row => row.Name == "lr" ? 0 : row.IsLast ? 2 : 1)];
        Services = [.. Declared(optimizer, "ConstructorArgumentAttribute")];
    }

    internal string Name { get; }

    internal string Space { get; }

    /// <summary>The beginning of the class's documentation.</summary>
    internal string Summary { get; }

    internal INamedTypeSymbol? Options { get; }

    /// <summary>The hyperparameters in the order of the constructors: lr, those of the bases, those of the class itself, those marked
    /// Last.</summary>
    internal IReadOnlyList<ArgumentModel> Hyperparameters { get; }

    /// <summary>The other arguments of the constructors.</summary>
    internal IReadOnlyList<ArgumentModel> Services { get; }

    /// <summary>The hyperparameter that schedules know as the momentum.</summary>
    internal ArgumentModel? Momentum => Hyperparameters.FirstOrDefault(row => row.IsMomentum);

    // The bases' first; of a property that is overridden, the override.
    private static List<ArgumentModel> Declared(INamedTypeSymbol type, string attribute)
    {
        var found = type.BaseType is { } parent ? Declared(parent, attribute) : [];
        foreach (var property in type.GetMembers().OfType<IPropertySymbol>())
        {
            if (Marked(property, attribute) is not { } mark) continue;
            found.RemoveAll(row => row.Name == property.Name);
            found.Add(new(property, mark));
        }
        return found;
    }

    private static AttributeData? Marked(IPropertySymbol property, string attribute) =>
        property.GetAttributes().FirstOrDefault(a => a.AttributeClass?.ToDisplayString() == Namespace + "." + attribute);
}
