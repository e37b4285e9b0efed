using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using static TorchSharp.torch;

namespace TorchOptimExt.PyTorch;

/// <summary>
/// Reads the pickles that <c>torch.save</c> writes: dictionaries, lists, tuples, numbers, strings, and tensors. It knows the opcodes and
/// globals of these and refuses every other one where it stands, so nothing that a file names is ever called.
/// </summary>
/// <param name="pickle">The bytes.</param>
/// <param name="storage">Gives the memory of a tensor, in one dimension.</param>
internal sealed class PickleReader(byte[] pickle, Func<StorageReference, Tensor> storage)
{
    private static readonly object Mark = new();

    private readonly List<object?> stack = [];
    private readonly Dictionary<long, object?> memo = [];
    private int at;

    /// <exception cref="PyTorchFileException">The pickle is damaged, or names or does what tensors do not need.</exception>
    public object? Read()
    {
        while (Byte() is var opcode && opcode != (byte)'.') Execute(opcode);
        var value = Pop();
        if (stack.Count > 0) throw Damaged("it ends with values left over");
        foreach (var leaf in PyTorchTree.Leaves(value))
            if (leaf is PickleGlobal or StorageReference) throw Refused(leaf is PickleGlobal ? $"'{leaf}' as a value" : "a storage");
        return value;
    }

    private void Execute(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: Version(Byte()); break;                                   // PROTO
            case 0x95: Long(8); break;                                           // FRAME: a length that nothing needs
            case (byte)'(': stack.Add(Mark); break;
            case (byte)'q': memo[Byte()] = Top(); break;                         // BINPUT
            case (byte)'r': memo[Long(4)] = Top(); break;                        // LONG_BINPUT
            case 0x94: memo[memo.Count] = Top(); break;                          // MEMOIZE
            case (byte)'h': stack.Add(Remembered(Byte())); break;                // BINGET
            case (byte)'j': stack.Add(Remembered(Long(4))); break;               // LONG_BINGET
            case (byte)'s': SetItems(Last(2)); break;           // SETITEM
            case (byte)'u': SetItems(PopToMark()); break;
            case (byte)'a': Append([Pop()]); break;
            case (byte)'e': Append(PopToMark()); break;
            case (byte)'R': Reduce(); break;
            case (byte)'b': Build(); break;
            case (byte)'Q': stack.Add(Persistent(Pop())); break;                 // BINPERSID
            default: stack.Add(Value(opcode)); break;
        }
    }

    private object? Value(byte opcode) => opcode switch
    {
        (byte)'N' => null,
        0x88 => true,
        0x89 => false,
        (byte)'K' => (long)Byte(),
        (byte)'M' => Long(2),
        (byte)'J' => (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
        0x8a => Whole(Take(Byte())),                                             // LONG1
        0x8b => Whole(Take(Long(4))),                                            // LONG4
        (byte)'G' => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
        0x8c => Encoding.UTF8.GetString(Take(Byte())),                           // SHORT_BINUNICODE
        (byte)'X' => Encoding.UTF8.GetString(Take(Long(4))),
        0x8d => Encoding.UTF8.GetString(Take(Long(8))),                          // BINUNICODE8
        (byte)'}' => new PyTorchDictionary(),
        (byte)']' => new List<object?>(),
        (byte)')' => Array.Empty<object?>(),
        0x85 => Last(1),
        0x86 => Last(2),
        0x87 => Last(3),
        (byte)'t' => PopToMark(),
        (byte)'c' => Global(Line(), Line()),
        0x93 => StackGlobal(Last(2)),
        _ => throw Refused($"the pickle opcode 0x{opcode:x2} at {at - 1}"),
    };

    private static void Version(byte version)
    {
        if (version is < 2 or > 5) throw Damaged($"it has the pickle protocol {version}");
    }

    private static object StackGlobal(object?[] names) =>
        names is [string module, string name] ? Global(module, name) : throw Damaged("a global has no name");

    // A type of elements is a value.
    private static object Global(string module, string name)
    {
        if (module == "torch" && ElementTypes.OfDtype(name) is { } dtype) return dtype;
        var global = new PickleGlobal(module, name);
        return global.IsKnown ? global : throw Refused($"'{global}'");
    }

    private void SetItems(object?[] items)
    {
        if (Top() is not PyTorchDictionary dictionary || items.Length % 2 != 0) throw Damaged("it sets items of what is no dictionary");
        for (var k = 0; k < items.Length; k += 2) dictionary[KeyOf(items[k])] = items[k + 1];
    }

    private static object KeyOf(object? key) => key switch
    {
        string or long or double or bool => key,
        _ => throw Refused($"a dictionary key of type {key?.GetType().Name ?? "None"}"),
    };

    private void Append(object?[] items)
    {
        if (Top() is not List<object?> list) throw Damaged("it appends to what is no list");
        list.AddRange(items);
    }

    private void Reduce()
    {
        var (arguments, callable) = (Pop(), Pop());
        if (callable is not PickleGlobal global || arguments is not object?[] given) throw Damaged("it calls what is no function");
        stack.Add(Rebuilt(global, given));
    }

    private object Rebuilt(PickleGlobal global, object?[] given)
    {
        if (global == PickleGlobal.OrderedDict)
            return given.Length == 0 ? new PyTorchDictionary { IsOrderedDict = true } : throw Refused("an OrderedDict made of pairs");
        if (global == PickleGlobal.Size)
            return given is [object?[] sizes] ? Sizes(sizes) : throw Damaged("a torch.Size is not one of numbers");
        if (global == PickleGlobal.RebuildParameter || global == PickleGlobal.RebuildParameterWithState)
            return given is [Tensor data, bool trained, ..] ? new TorchSharp.Modules.Parameter(data.detach(), trained)
                : throw Damaged("a parameter has no data");
        if (global == PickleGlobal.RebuildTensor || global == PickleGlobal.RebuildTensorV2 || global == PickleGlobal.RebuildTensorV3)
            return View(given);
        throw Refused($"a call of '{global}'");
    }

    private static long[] Sizes(object?[] sizes) =>
        Array.TrueForAll(sizes, size => size is long) ? Array.ConvertAll(sizes, size => (long)size!) : throw Damaged("a size is no number");

    private Tensor View(object?[] given)
    {
        if (given is not [StorageReference source, long offset, _, object?[] strides, ..])
            throw Damaged("a tensor lacks its storage or shape");
        var shape = given[2] as long[] ?? (given[2] is object?[] list ? Sizes(list) : throw Damaged("a tensor has no shape"));
        // _rebuild_tensor_v3: the storage has no type
        if (given is [_, _, _, _, _, _, ScalarType dtype, ..]) source = Typed(source, dtype);
        var view = Strided(source, shape, Sizes(strides), offset);
        if (given is [_, _, _, _, _, _, .., PyTorchDictionary marks]) view = Resolved(view, marks);
        if (given is [_, _, _, _, true, ..]) view.requires_grad = true;
        return view;
    }

    private static StorageReference Typed(StorageReference source, ScalarType type) =>
        source with { Type = type, Elements = source.Elements / ElementTypes.Size(type) };

    // PyTorch conjugates and negates lazily: the storage has the elements before it.
    private static Tensor Resolved(Tensor view, PyTorchDictionary marks)
    {
        foreach (var (mark, set) in marks)
            view = (mark, set) switch
            {
                (_, false) => view,
                ("conj", true) => view.conj_physical(),
                ("neg", true) => view.neg(),
                _ => throw Refused($"a tensor with '{mark}'"),
            };
        return view;
    }

    private Tensor Strided(StorageReference source, long[] shape, long[] strides, long offset)
    {
        if (shape.Length != strides.Length || shape.Any(size => size < 0) || strides.Any(stride => stride < 0) || offset < 0)
            throw Damaged("a tensor's shape and strides do not fit");
        var last = (BigInteger)offset;
        for (var k = 0; k < shape.Length; k++) last += (BigInteger)(shape[k] - 1) * strides[k];
        if (shape.All(size => size > 0) && last >= source.Elements)
            throw Damaged($"a tensor of shape [{string.Join(", ", shape)}] reaches beyond its storage of {source.Elements} elements");
        return storage(source).as_strided(shape, strides, shape.Contains(0) ? 0 : offset);
    }

    // A state_dict is an OrderedDict with versions of its modules as an attribute, which loading does not need.
    private void Build()
    {
        Pop();
        if (Top() is not PyTorchDictionary { IsOrderedDict: true }) throw Refused("attributes of an object");
    }

    private static StorageReference Persistent(object? id)
    {
        if (id is not object?[] parts || parts is not ["storage", PickleGlobal type, string key, _, long elements, ..] || elements < 0)
            throw Damaged("a storage has no name");
        if (type == PickleGlobal.UntypedStorage) return new(key, ScalarType.Byte, elements);
        return new(key, ElementTypes.OfStorage(type.Name) ?? throw Refused($"'{type}' as a storage"), elements);
    }

    private static object Whole(ReadOnlySpan<byte> bytes)
    {
        var number = new BigInteger(bytes);
        if (number < long.MinValue || number > long.MaxValue) return number;
        return long.CreateChecked(number);
    }

    private object? Remembered(long place) =>
        memo.TryGetValue(place, out var value) ? value : throw Damaged("it recalls what it has not seen");

    private object? Top() => stack.Count > 0 && !ReferenceEquals(stack[^1], Mark) ? stack[^1] : throw Damaged("a value is missing");

    private object? Pop()
    {
        var top = Top();
        stack.RemoveAt(stack.Count - 1);
        return top;
    }

    private object?[] Last(int count)
    {
        var values = new object?[count];
        for (var k = count - 1; k >= 0; k--) values[k] = Pop();
        return values;
    }

    private object?[] PopToMark()
    {
        var mark = stack.FindLastIndex(value => ReferenceEquals(value, Mark));
        if (mark < 0) throw Damaged("a mark is missing");
        var values = stack.Skip(mark + 1).ToArray();
        stack.RemoveRange(mark, stack.Count - mark);
        return values;
    }

    private byte Byte() => at < pickle.Length ? pickle[at++] : throw Damaged("it ends early");

    private long Long(int bytes)
    {
        var value = 0L;
        var taken = Take(bytes);
        for (var k = 0; k < bytes; k++) value |= (long)taken[k] << (8 * k);
        return value;
    }

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > pickle.Length - at) throw Damaged("it ends early");
        at += (int)count;
        return pickle.AsSpan(at - (int)count, (int)count);
    }

    private string Line()
    {
        var end = Array.IndexOf(pickle, (byte)'\n', at);
        if (end < 0) throw Damaged("it ends early");
        var line = Encoding.UTF8.GetString(Take(end - at));
        at = end + 1;
        return line;
    }

    private static PyTorchFileException Damaged(string how) => new($"is damaged: {how}.");

    private static PyTorchFileException Refused(string what) =>
        new($"holds {what}, which is not part of tensors, numbers, strings and collections of them: it is refused, and nothing of it " +
            "was run.");
}
