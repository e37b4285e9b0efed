using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Base;

/// <summary>What every parameter list must fulfil before an optimizer takes it.</summary>
internal static class ParameterChecks
{
    /// <exception cref="ArgumentException">The list is empty or holds null, a non-leaf, a tensor that is not real floating point, or one parameter or memory twice.</exception>
    internal static void Check(IReadOnlyList<Parameter> added, IEnumerable<Parameter> present, Func<Parameter, string> name)
    {
        if (added.Count == 0) throw new ArgumentException("The list of parameters is empty; give at least one parameter.", "parameters");
        var seen = present.ToDictionary(p => p.Handle);
        var ranges = new List<(nint from, nint to, string name)>();
        foreach (var old in seen.Values) AddRange(ranges, old, name(old));
        foreach (var parameter in added)
        {
            if (parameter is null) throw new ArgumentException("The list of parameters holds a null.", "parameters");
            if (!parameter.is_floating_point()) throw new ArgumentException($"{name(parameter)} is {parameter.dtype}; only real floating-point tensors can be optimized.", "parameters");
            if (!parameter.is_leaf) throw new ArgumentException($"{name(parameter)} is not a leaf: it was computed from other tensors. Optimize those, or detach() it first.", "parameters");
            if (!seen.TryAdd(parameter.Handle, parameter)) throw new ArgumentException($"{name(parameter)} is given twice; each parameter belongs to one group, once.", "parameters");
            AddRange(ranges, parameter, name(parameter));
        }
        if (FirstShared(ranges) is var k and > 0)
            throw new ArgumentException($"{ranges[k - 1].name} and {ranges[k].name} share memory; optimize the tensor that both are views of.", "parameters");
    }

    /// <summary>Whether two of the tensors touch the same memory.</summary>
    internal static bool ShareMemory(IEnumerable<Parameter> parameters)
    {
        var ranges = new List<(nint from, nint to, string name)>();
        foreach (var parameter in parameters) AddRange(ranges, parameter, "");
        return FirstShared(ranges) > 0;
    }

    // The place of the first range, in the order of addresses, that begins before the one before it has ended.
    private static int FirstShared(List<(nint from, nint to, string name)> ranges)
    {
        ranges.Sort();
        for (var k = 1; k < ranges.Count; k++)
            if (ranges[k].from < ranges[k - 1].to) return k;
        return 0;
    }

    // From the first to past the last byte that a CPU tensor may touch; memory elsewhere cannot be compared.
    private static unsafe void AddRange(List<(nint, nint, string)> ranges, Parameter parameter, string name)
    {
        if (parameter.device_type != DeviceType.CPU || parameter.is_sparse || parameter.NumberOfElements == 0) return;
        using var quiet = no_grad();
        using var first = parameter.as_strided([1], [1], parameter.storage_offset());
        var from = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
        var last = parameter.shape.Zip(parameter.stride()).Sum(d => (d.First - 1) * d.Second);
        ranges.Add((from, from + (nint)((last + 1) * parameter.ElementSize), name));
    }
}
