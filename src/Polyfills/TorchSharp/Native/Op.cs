using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>
/// Calls any aten operator by its name ("add.Tensor", "relu_"), with arguments in the order of its schema;
/// what is not given takes the schema's default. https://github.com/pytorch/pytorch: native_functions.yaml.
/// </summary>
internal static unsafe class Op
{
    private static readonly ConcurrentDictionary<string, nint> Found = new();

    /// <summary>An operator that returns one tensor.</summary>
    internal static Tensor Call(string name, params ReadOnlySpan<Arg> args)
    {
        Run(name, args, out var results, 1);
        return new Tensor(results[0].p);
    }

    /// <summary>An operator that works in place: its result is the first argument, which is returned.</summary>
    internal static Tensor InPlace(string name, Tensor self, params ReadOnlySpan<Arg> args)
    {
        Run(name, [self, .. args], out var results, 1);
        Shim.tensor_free(results[0].p);
        return self;
    }

    /// <summary>An operator that returns several tensors, as a tuple or a list. An undefined one is null.</summary>
    internal static Tensor[] Many(string name, params ReadOnlySpan<Arg> args)
    {
        var n = Run(name, args, out var results, 0);
        var tensors = new Tensor[n];
        for (var k = 0; k < n; k++) tensors[k] = results[k].p == 0 ? null! : new Tensor(results[k].p);
        return tensors;
    }

    internal static (Tensor, Tensor) Two(string name, params ReadOnlySpan<Arg> args) => Many(name, args) is [var a, var b] ? (a, b) : throw new InvalidOperationException(name);

    internal static (Tensor, Tensor, Tensor) Three(string name, params ReadOnlySpan<Arg> args) => Many(name, args) is [var a, var b, var c] ? (a, b, c) : throw new InvalidOperationException(name);

    /// <summary>An operator that returns a number or a truth value.</summary>
    internal static Value Plain(string name, params ReadOnlySpan<Arg> args)
    {
        Run(name, args, out var results, 1);
        return results[0];
    }

    internal static void None(string name, params ReadOnlySpan<Arg> args) => Run(name, args, out _, 0);

    private static int Run(string name, ReadOnlySpan<Arg> args, out Value* results, int least)
    {
        if (!Found.TryGetValue(name, out var op)) op = Find(name);
        var values = stackalloc Value[args.Length];
        var pins = stackalloc GCHandle[args.Length];
        for (var k = 0; k < args.Length; k++)
        {
            values[k] = args[k].Value;
            pins[k] = default;
            if (args[k].Held is Array list) Pin(list, ref values[k], out pins[k]);
        }
        var n = Shim.op_call(op, values, args.Length, out results);
        for (var k = 0; k < args.Length; k++)
        {
            if (pins[k].IsAllocated) pins[k].Free();
            GC.KeepAlive(args[k].Held);
        }
        if (n < 0) throw Shim.Failure();
        return n >= least ? n : throw new InvalidOperationException($"{name} returned {n} values.");
    }

    private static void Pin(Array list, ref Value value, out GCHandle pin)
    {
        var pinned = list is Tensor?[] tensors ? Array.ConvertAll(tensors, t => t is null ? 0 : t.Handle) : list;
        pin = GCHandle.Alloc(pinned, GCHandleType.Pinned);
        value.length = pinned.Length;
        value.p = pin.AddrOfPinnedObject();
    }

    private static nint Find(string name)
    {
        var dot = name.IndexOf('.');
        var (stem, overload) = dot < 0 ? (name, "") : (name[..dot], name[(dot + 1)..]);
        return Found[name] = Shim.Check(Shim.op_find("aten::" + stem, overload));
    }
}
