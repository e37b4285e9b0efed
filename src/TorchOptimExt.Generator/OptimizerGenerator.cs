using Microsoft.CodeAnalysis;

namespace TorchOptimExt.Generator;

/// <summary>
/// Writes what follows from the hyperparameters of a class marked [Optimizer]: its constructors, its ParamGroup, the table of its Options,
/// and its methods of torch.optim.
/// </summary>
[Generator]
public sealed class OptimizerGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var files = context.SyntaxProvider.ForAttributeWithMetadataName(
            OptimizerModel.Namespace + ".OptimizerAttribute",
            static (_, _) => true,
            // A pair of texts: equal texts end the work, whatever was typed elsewhere.
            static (found, _) => File((INamedTypeSymbol)found.TargetSymbol));
        context.RegisterSourceOutput(files, static (output, file) => output.AddSource(file.name, file.text));
    }

    private static (string name, string text) File(INamedTypeSymbol optimizer) =>
        ($"{optimizer.ContainingNamespace}.{optimizer.Name}.g.cs", OptimizerSource.Of(new OptimizerModel(optimizer)));
}
