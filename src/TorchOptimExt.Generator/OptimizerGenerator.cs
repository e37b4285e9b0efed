using Microsoft.CodeAnalysis;

namespace TorchOptimExt.Generator;

/// <summary>
/// Writes what follows from the hyperparameters of an optimizer. Of a class marked [Optimizer]: its constructors, its ParamGroup, the table
/// of its Options, and its methods of torch.optim. Of one marked [FusedOptimizer]: what a fused version of TorchSharp's class adds to it,
/// and its methods of torch.optim.fused.
/// </summary>
[Generator]
public sealed class OptimizerGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        Register(context, "OptimizerAttribute", static (optimizer, _) => OptimizerSource.Of(new OptimizerModel(optimizer)));
        Register(context, "FusedOptimizerAttribute", static (optimizer, mark) => FusedSource.Of(new FusedModel(optimizer, mark)));
    }

    private static void Register(
        IncrementalGeneratorInitializationContext context, string attribute, Func<INamedTypeSymbol, AttributeData, string> source)
    {
        var files = context.SyntaxProvider.ForAttributeWithMetadataName(
            $"{OptimizerModel.Namespace}.{attribute}",
            static (_, _) => true,
            // A pair of texts: equal texts end the work, whatever was typed elsewhere.
            (found, _) => (name: NameOf((INamedTypeSymbol)found.TargetSymbol),
                text: source((INamedTypeSymbol)found.TargetSymbol, found.Attributes[0])));
        context.RegisterSourceOutput(files, static (output, file) => output.AddSource(file.name, file.text));
    }

    private static string NameOf(INamedTypeSymbol optimizer) => $"{optimizer.ContainingNamespace}.{optimizer.Name}.g.cs";
}
