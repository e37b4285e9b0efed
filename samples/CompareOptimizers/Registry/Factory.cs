using System.Globalization;
using System.Reflection;
using TorchOptimExt;
using TorchSharp.Modules;
using static TorchSharp.torch.optim;

namespace CompareOptimizers.Registry;

/// <summary>A method that makes an optimizer, found by the code that calls it, so that its options can be given by name.</summary>
internal sealed class Factory
{
    private readonly MethodInfo method;
    private readonly object? instance;

    /// <param name="code">As in <c>(p, lr) => optim.fused.Adam(p, lr)</c>.</param>
    public Factory(string code)
    {
        (instance, var type) = code.Contains("optim.fused.", StringComparison.Ordinal) ? ((object?)FusedOptimizers.Instance, typeof(FusedOptimizers)) : (null, typeof(OptimExtensions));
        var name = LambdaBody.Called(code);
        method = Find(type, name) ?? Find(typeof(TorchSharp.torch.optim), name) ?? throw new ArgumentException($"No method makes {name}.", nameof(code));
        if (method.DeclaringType != type) instance = null;
    }

    /// <summary>The names of its options.</summary>
    public IEnumerable<string> Options => method.GetParameters().Skip(1).Select(Name);

    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What it trains.</param>
    /// <param name="values">Options by their names; the others have their defaults.</param>
    public Optimizer Make(IEnumerable<Parameter> parameters, IReadOnlyDictionary<string, object> values)
    {
        object?[] arguments = [parameters, .. method.GetParameters().Skip(1).Select(parameter => values.GetValueOrDefault(Name(parameter), parameter.DefaultValue!))];
        try
        {
            return (Optimizer)method.Invoke(instance, arguments)!;
        }
        catch (TargetInvocationException e) when (e.InnerException is ArgumentException inner)
        {
            throw new UserException(inner.Message.Split('\n')[0], inner);
        }
    }

    /// <summary>An option's value of its text.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public object Parse(string option, string text)
    {
        var type = method.GetParameters().Single(parameter => Name(parameter) == option).ParameterType;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!type.IsEnum) return Convert.ChangeType(text, type, CultureInfo.InvariantCulture);
        return Enum.TryParse(type, text[(text.LastIndexOf('.') + 1)..], ignoreCase: true, out var value) && Enum.IsDefined(type, value!)
            ? value : throw new FormatException($"It must be one of {string.Join(", ", Enum.GetNames(type))}.");
    }

    /// <summary>TorchSharp calls it learningRate here and there.</summary>
    private static string Name(ParameterInfo parameter) => parameter.Name is "learningRate" or "learning_rate" ? "lr" : parameter.Name!;

    private static MethodInfo? Find(Type type, string name) => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance)
        .FirstOrDefault(method => method.Name == name && method.GetParameters() is [var first, ..] && first.ParameterType == typeof(IEnumerable<Parameter>));
}
