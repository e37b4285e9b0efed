using System.Reflection;
using TorchOptimExt;
using TorchSharp;
using TorchSharp.Modules;

namespace TrainingLoop;

/// <summary>Finds <c>torch.optim.NAME(parameters, lr, ...)</c>, TorchSharp's and this library's, and <c>torch.optim.fused.NAME</c>.</summary>
internal static class OptimizerByName
{
    private const double FallbackLearningRate = 0.1; // where an optimizer has no default

    private static readonly Dictionary<string, MethodInfo> Factories =
        Of(typeof(torch.optim), "").Concat(Of(typeof(OptimExtensions), "")).Concat(Of(typeof(FusedOptimizers), "fused."))
            .ToDictionary(factory => factory.name, factory => factory.method, StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<string> Names => Factories.Keys;

    /// <exception cref="ArgumentException">There is no optimizer of this name, or it refuses the learning rate.</exception>
    public static torch.optim.Optimizer Create(string name, IEnumerable<Parameter> parameters, double? lr)
    {
        if (!Factories.TryGetValue(name, out var factory))
            throw new ArgumentException($"There is no optimizer '{name}'; --optimizer takes {string.Join(", ", Names)}.");
        object?[] arguments = [parameters, .. factory.GetParameters().Skip(1).Select(p => p.HasDefaultValue ? p.DefaultValue : FallbackLearningRate)];
        if (lr is not null) arguments[1] = lr;
        return (torch.optim.Optimizer)factory.Invoke(FusedOptimizers.Instance, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }

    private static IEnumerable<(string name, MethodInfo method)> Of(Type type, string prefix) => type.GetMethods()
        .Where(method => method.GetParameters() is [var first, var second, ..]
            && first.ParameterType == typeof(IEnumerable<Parameter>) && second.ParameterType == typeof(double))
        .Select(method => (prefix + method.Name, method));
}
