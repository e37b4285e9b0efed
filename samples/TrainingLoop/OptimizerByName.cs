using System.Reflection;
using TorchSharp;
using TorchSharp.Modules;

namespace TrainingLoop;

/// <summary>Finds the factory methods <c>torch.optim.NAME(parameters, lr, ...)</c>: whichever optimizers this TorchSharp has.</summary>
internal static class OptimizerByName
{
    private const double FallbackLearningRate = 0.1; // SGD's has no default

    private static readonly MethodInfo[] Factories = [.. typeof(torch.optim).GetMethods()
        .Where(method => method.GetParameters() is [var first, var second, ..]
            && first.ParameterType == typeof(IEnumerable<Parameter>) && second.ParameterType == typeof(double))
        .OrderBy(method => method.Name)];

    public static string[] Names => [.. Factories.Select(factory => factory.Name)];

    /// <exception cref="ArgumentException">There is no optimizer of this name, or it refuses the learning rate.</exception>
    public static torch.optim.Optimizer Create(string name, IEnumerable<Parameter> parameters, double? lr)
    {
        var factory = Factories.SingleOrDefault(factory => factory.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no optimizer '{name}' in this TorchSharp; --optimizer takes {string.Join(", ", Names)}.");
        var arguments = factory.GetParameters().Select(parameter => parameter.DefaultValue).ToArray();
        arguments[0] = parameters;
        arguments[1] = lr ?? (factory.GetParameters()[1].HasDefaultValue ? arguments[1] : FallbackLearningRate);
        return (torch.optim.Optimizer)factory.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }
}
