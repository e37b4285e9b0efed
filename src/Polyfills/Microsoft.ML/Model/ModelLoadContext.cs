using System.Text;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Reads what <see cref="ModelSaveContext"/> wrote.</summary>
internal sealed class ModelLoadContext(Stream stream, IHostEnvironment environment) : IDisposable
{
    private static readonly Dictionary<string, Func<ModelLoadContext, ITransformer>> Loaders = new()
    {
        [TransformerChain.Signature] = TransformerChain.Load,
        [ColumnConcatenatingTransformer.Signature] = ColumnConcatenatingTransformer.Load,
        [ColumnCopyingTransformer.Signature] = ColumnCopyingTransformer.Load,
        [ColumnSelectingTransformer.Signature] = ColumnSelectingTransformer.Load,
        [NormalizingTransformer.Signature] = NormalizingTransformer.Load,
        [TypeConvertingTransformer.Signature] = TypeConvertingTransformer.Load,
        [ValueToKeyMappingTransformer.Signature] = ValueToKeyMappingTransformer.Load,
        [KeyToValueMappingTransformer.Signature] = KeyToValueMappingTransformer.Load,
        [ValueMappingTransformer.Signature] = ValueMappingTransformer.Load,
        [CustomMapping.Signature] = CustomMapping.Load,
    };

    public BinaryReader Reader { get; } = new(stream, Encoding.UTF8, leaveOpen: true);

    public IHostEnvironment Environment => environment;

    public ITransformer LoadModel()
    {
        var signature = Reader.ReadString();
        return Loaders.TryGetValue(signature, out var load) ? load(this) : throw new FormatException($"Unknown model signature '{signature}'.");
    }

    public void Dispose() => Reader.Dispose();
}
