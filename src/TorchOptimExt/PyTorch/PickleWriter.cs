using System.Buffers.Binary;
using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.PyTorch;

/// <summary>Writes the pickles that <c>torch.load(path, weights_only=True)</c> reads, in protocol 2 as PyTorch does. The storages of
/// tensors are collected, to be written beside it.</summary>
internal sealed class PickleWriter : IDisposable
{
    private readonly MemoryStream output = new();

    /// <summary>The memory of all tensors that were written.</summary>
    public StorageCollection Storages { get; } = new();

    /// <exception cref="ArgumentException">A value or tensor is of a kind that cannot be written.</exception>
    public byte[] Write(object? tree)
    {
        output.Write([0x80, 2]);
        Storages.Find(tree);
        Value(tree);
        Op('.');
        return output.ToArray();
    }

    public void Dispose() => output.Dispose();

    private void Value(object? value)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new ArgumentException("The tree is too deep to be written for PyTorch, or a collection in it holds itself.");
        switch (value)
        {
            case null: Op('N'); break;
            case bool truth: output.WriteByte(truth ? (byte)0x88 : (byte)0x89); break;
            case byte or sbyte or short or ushort or int or uint or long: Whole(Convert.ToInt64(value, null)); break;
            case ulong or BigInteger: Long(value is ulong u ? u : (BigInteger)value); break;
            case float or double: Real(Convert.ToDouble(value, null)); break;
            case string text: Text(text); break;
            case Parameter parameter: Parameter(parameter); break;
            case Tensor tensor: Tensor(tensor, tensor.requires_grad); break;
            case PyTorchDictionary dictionary: Dictionary(dictionary); break;
            case IDictionary map: Dictionary(Ordered(map)); break;
            case object?[] tuple: Tuple(tuple); break;
            case long[] size: Size(size); break;
            case IList list when value is not Array: List(list); break;
            case ScalarType type: Global(new("torch", ElementTypes.Dtype(type))); break;
            default: throw new ArgumentException($"A {value.GetType()} cannot be written for PyTorch: what can are {Kinds}.");
        }
    }

    public const string Kinds = "null, bool, whole numbers, float, double, string, Tensor, Parameter, PyTorchDictionary, " +
        "Dictionary and List of such, object?[] (a tuple), long[] (a torch.Size) and ScalarType (a torch.dtype)";

    private void Op(char opcode) => output.WriteByte((byte)opcode);

    private void Whole(long value)
    {
        if (value is < int.MinValue or > int.MaxValue) Long(value);
        else
        {
            Op('J');
            Number((int)value);
        }
    }

    // LONG1: what is longer than BININT. The textual form of old protocols is not read with weights_only.
    private void Long(BigInteger value)
    {
        var bytes = value.ToByteArray();
        if (bytes.Length > byte.MaxValue)
            throw new ArgumentException("A whole number of more than 255 bytes cannot be written for PyTorch.");
        output.WriteByte(0x8a);
        output.WriteByte((byte)bytes.Length);
        output.Write(bytes);
    }

    private void Number(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        output.Write(bytes);
    }

    private void Real(double value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        Op('G');
        output.Write(bytes);
    }

    private void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Op('X');
        Number(bytes.Length);
        output.Write(bytes);
    }

    private void Global(PickleGlobal global) => output.Write(Encoding.UTF8.GetBytes($"c{global.Module}\n{global.Name}\n"));

    private void Tuple(object?[] values)
    {
        Op('(');
        foreach (var value in values) Value(value);
        Op('t');
    }

    private void Call(PickleGlobal function, Action arguments)
    {
        Global(function);
        Op('(');
        arguments();
        output.Write("tR"u8);
    }

    private void Size(long[] size) => Call(PickleGlobal.Size, () => Sizes(size));

    private void Sizes(long[] sizes) => Tuple(Array.ConvertAll(sizes, size => (object?)size));

    private void List(IList values)
    {
        output.Write("]("u8);
        foreach (var value in values) Value(value);
        Op('e');
    }

    private static PyTorchDictionary Ordered(IDictionary map)
    {
        var ordered = new PyTorchDictionary();
        foreach (DictionaryEntry entry in map) ordered[entry.Key] = entry.Value;
        return ordered;
    }

    private void Dictionary(PyTorchDictionary dictionary)
    {
        if (dictionary.IsOrderedDict) Call(PickleGlobal.OrderedDict, () => { });
        else Op('}');
        Op('(');
        foreach (var (key, value) in dictionary)
        {
            if (key is not (string or long or double or bool))
                throw new ArgumentException($"A key of type {key.GetType()} cannot be written for PyTorch.");
            Value(key);
            Value(value);
        }
        Op('u');
    }

    private void Parameter(Parameter parameter) => Call(PickleGlobal.RebuildParameter, () =>
    {
        Tensor(parameter, false);
        Value(parameter.requires_grad);
        Value(new PyTorchDictionary { IsOrderedDict = true });
    });

    private void Tensor(Tensor tensor, bool requiresGrad)
    {
        var (storage, offset) = Storages.PlaceOf(tensor);
        Call(PickleGlobal.RebuildTensorV2, () =>
        {
            Persistent(storage);
            Value(offset);
            Sizes(tensor.shape);
            Sizes(tensor.stride());
            Value(requiresGrad);
            Value(new PyTorchDictionary { IsOrderedDict = true });      // hooks of the backward pass: none
        });
    }

    private void Persistent(StorageReference storage)
    {
        Op('(');
        Text("storage");
        Global(new("torch", ElementTypes.Storage(storage.Type)));
        Text(storage.Key);
        Text("cpu");
        Whole(storage.Elements);
        output.Write("tQ"u8);
    }
}
