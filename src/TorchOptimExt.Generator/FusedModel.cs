using Microsoft.CodeAnalysis;

namespace TorchOptimExt.Generator;

/// <summary>What a class marked [FusedOptimizer] declares.</summary>
internal sealed class FusedModel
{
    private readonly INamedTypeSymbol optimizer;
    private readonly AttributeData mark;
    private readonly IMethodSymbol constructor;

    internal FusedModel(INamedTypeSymbol optimizer, AttributeData mark)
    {
        (this.optimizer, this.mark) = (optimizer, mark);
        constructor = optimizer.InstanceConstructors.First(c => !c.IsImplicitlyDeclared);
        Hyperparameters = [.. constructor.Parameters.Skip(1)];
    }

    internal string Name => optimizer.Name;

    internal string Space => optimizer.ContainingNamespace.ToDisplayString();

    /// <summary>The beginning of the class's documentation.</summary>
    internal string Summary => DocumentationText.FirstSentences(optimizer);

    /// <summary>What the constructor takes besides the parameters.</summary>
    internal IReadOnlyList<IParameterSymbol> Hyperparameters { get; }

    /// <summary>What the constructor's documentation says of its arguments and errors, but for the list of parameters.</summary>
    internal IEnumerable<string> Documentation =>
        DocumentationText.Elements(constructor).Where(e => e.name != "summary" && e.argument != "parameters").Select(e => e.xml);

    /// <summary>What TorchSharp's constructor takes as a group.</summary>
    internal string Group => optimizer.BaseType!.InstanceConstructors
        .SelectMany(c => c.Parameters.Take(1)).Select(p => p.Type).OfType<INamedTypeSymbol>()
        .SelectMany(type => type.TypeArguments).First(type => type.Name == "ParamGroup")
        .ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    internal bool TakesSparse => Given("TakesSparse") is true;

    /// <summary>What the method of torch.optim calls an argument.</summary>
    internal string InFactory(IParameterSymbol argument) =>
        argument.Name == "lr" && Given("FactoryRateName") is string name ? name : argument.Name;

    /// <summary>The default of the method of torch.optim, as C#; null where there is none.</summary>
    internal string? FactoryDefault(IParameterSymbol argument) =>
        argument.Name == "lr" && Given("FactoryRate") is double rate ? Text(rate) : Default(argument);

    /// <summary>An argument's default, as C#; null where there is none.</summary>
    internal static string? Default(IParameterSymbol argument) =>
        argument.HasExplicitDefaultValue ? Text(argument.ExplicitDefaultValue!) : null;

    private object? Given(string name) =>
        mark.NamedArguments.FirstOrDefault(a => a.Key == name) is { Key: not null } given ? given.Value.Value : null;

    private static string Text(object value) =>
        Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatPrimitive(value, quoteStrings: true, useHexadecimalNumbers: false)!;
}
