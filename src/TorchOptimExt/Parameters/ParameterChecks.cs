using TorchSharp;
using TorchSharp.Modules;

namespace TorchOptimExt.Parameters;

/// <summary>What every parameter list must fulfil before an optimizer takes it.</summary>
internal static class ParameterChecks
{
    /// <exception cref="ArgumentException">The list is empty or holds null, a non-leaf, a tensor that is not real floating point, or one
    /// parameter or memory twice.</exception>
    internal static void Check(IReadOnlyList<Parameter> added, IReadOnlyList<Parameter> present, Func<Parameter, int, string> name)
    {
        if (added.Count == 0) throw new ArgumentException("The list of parameters is empty; give at least one parameter.", "parameters");
        var seen = present.Select(p => p.Handle).ToHashSet();
        for (var k = 0; k < added.Count; k++)
        {
            var parameter = added[k] ?? throw new ArgumentException("The list of parameters holds a null.", "parameters");
            var wrong = parameter.IsInvalid ? "was disposed"
                : !parameter.is_floating_point() ? $"is {parameter.dtype}; only real floating-point tensors can be optimized"
                : !parameter.is_leaf ? "is not a leaf: it was computed from other tensors. Optimize those, or detach() it first"
                : OverlapsItself(parameter) ? "has elements that share memory, as in what expand() returns; optimize a clone() of it"
                : !seen.Add(parameter.Handle) ? "is given twice; each parameter belongs to one group, once" : null;
            if (wrong is not null) throw new ArgumentException($"{name(parameter, present.Count + k)} {wrong}.", "parameters");
        }
        List<Parameter> all = [.. present, .. added];
        if (Shared(all) is var (one, other))
            throw new ArgumentException($"{name(all[one], one)} and {name(all[other], other)} share memory; optimize the tensor that " +
                "both are views of.", "parameters");
    }

    /// <summary>Whether two of the tensors touch the same memory.</summary>
    internal static bool ShareMemory(IReadOnlyList<Parameter> parameters) => Shared(parameters) is not null;

    // The places of two neighbours in memory of which one begins before the other has ended.
    private static (int, int)? Shared(IReadOnlyList<Parameter> parameters)
    {
        var ranges = new List<(nint from, nint to, int place)>();
        for (var k = 0; k < parameters.Count; k++)
            if (Range(parameters[k]) is var (from, to)) ranges.Add((from, to, k));
        ranges.Sort();
        for (var k = 1; k < ranges.Count; k++)
            if (ranges[k].from < ranges[k - 1].to) return (ranges[k - 1].place, ranges[k].place);
        return null;
    }

    // Each dimension steps over all that the finer ones reach, or else (rare) the places of all elements are counted.
    private static bool OverlapsItself(Parameter parameter)
    {
        if (parameter.is_sparse || parameter.NumberOfElements < 2) return false;
        long reach = 0;
        var (apart, dimensions) = (true, parameter.shape.Zip(parameter.stride()).Where(d => d.First > 1).OrderBy(d => d.Second).ToList());
        foreach (var (size, stride) in dimensions)
        {
            apart &= stride > reach;
            reach += (size - 1) * stride;
        }
        if (apart || reach + 1 < parameter.NumberOfElements) return !apart;
        IEnumerable<long> places = [0];
        foreach (var (size, stride) in dimensions) places = places.SelectMany(
            place => Enumerable.Range(0, (int)size).Select(k => place + k * stride));
        return places.Distinct().LongCount() < parameter.NumberOfElements;
    }

    // From the first to past the last byte that a CPU tensor may touch; memory elsewhere cannot be compared.
    private static (nint from, nint to)? Range(Parameter parameter)
    {
        if (parameter.device_type != DeviceType.CPU || parameter.is_sparse || parameter.NumberOfElements == 0) return null;
        var from = TensorMemory.Address(parameter);
        var last = parameter.shape.Zip(parameter.stride()).Sum(d => (d.First - 1) * d.Second);
        return (from, from + (nint)((last + 1) * parameter.ElementSize));
    }
}
