using static TorchSharp.torch;

namespace TorchOptimExt.PyTorch;

/// <summary>What PyTorch and safetensors call the types of elements that TorchSharp has.</summary>
internal static class ElementTypes
{
    private static readonly (ScalarType type, string storage, string dtype, string? safetensors)[] Table =
    [
        (ScalarType.Byte, "ByteStorage", "uint8", "U8"),
        (ScalarType.Int8, "CharStorage", "int8", "I8"),
        (ScalarType.Int16, "ShortStorage", "int16", "I16"),
        (ScalarType.Int32, "IntStorage", "int32", "I32"),
        (ScalarType.Int64, "LongStorage", "int64", "I64"),
        (ScalarType.Float16, "HalfStorage", "float16", "F16"),
        (ScalarType.Float32, "FloatStorage", "float32", "F32"),
        (ScalarType.Float64, "DoubleStorage", "float64", "F64"),
        (ScalarType.ComplexFloat32, "ComplexFloatStorage", "complex64", "C64"),
        (ScalarType.ComplexFloat64, "ComplexDoubleStorage", "complex128", null),
        (ScalarType.Bool, "BoolStorage", "bool", "BOOL"),
        (ScalarType.BFloat16, "BFloat16Storage", "bfloat16", "BF16"),
    ];

    public static ScalarType? OfStorage(string name) => Find(row => row.storage == name);

    public static ScalarType? OfDtype(string name) => Find(row => row.dtype == name);

    public static ScalarType? OfSafetensors(string name) => Find(row => row.safetensors == name);

    /// <summary>The bytes of one element.</summary>
    public static int Size(ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.ComplexFloat64 => 16,
        _ => 8,
    };

    public static string Storage(ScalarType type) => Row(type).storage;

    public static string Dtype(ScalarType type) => Row(type).dtype;

    public static string Safetensors(ScalarType type) =>
        Row(type).safetensors ?? throw new ArgumentException($"The safetensors format has no name for {type} tensors; convert them first.");

    private static (ScalarType type, string storage, string dtype, string? safetensors) Row(ScalarType type) =>
        Array.Find(Table, row => row.type == type) is { storage: not null } row ? row
        : throw new ArgumentException($"PyTorch has no storage for {type} tensors that this library knows; convert them first.");

    private static ScalarType? Find(Predicate<(ScalarType type, string storage, string dtype, string? safetensors)> match) =>
        Array.Find(Table, match) is { storage: not null } row ? row.type : null;
}
