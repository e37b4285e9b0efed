using TorchSharp.Modules;

namespace TorchOptimExt.Parameters;

internal static class ParameterLists
{
    /// <summary>A group's parameters by place, without an enumerator: the optimizers put a list there.</summary>
    internal static IReadOnlyList<Parameter> List(this ParamGroup group) =>
        group.Parameters as IReadOnlyList<Parameter> ?? [.. group.Parameters];
}
