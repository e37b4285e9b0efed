using System.Diagnostics.CodeAnalysis;

namespace TorchSharp.Modules;

public sealed class Embedding : nn.Module<Tensor, Tensor>
{
    private readonly long? padding_idx;
    private readonly double? max_norm;
    private readonly double norm_type;
    private readonly bool scale_grad_by_freq, sparse;

    internal Embedding(long num_embeddings, long embedding_dims, long? padding_idx, double? max_norm, double norm_type, bool scale_grad_by_freq, bool sparse, Device? device, ScalarType? dtype) : base(nameof(Embedding))
    {
        (this.padding_idx, this.max_norm, this.norm_type) = (padding_idx < 0 ? padding_idx + num_embeddings : padding_idx, max_norm, norm_type);
        (this.scale_grad_by_freq, this.sparse) = (scale_grad_by_freq, sparse);
        weight = new Parameter(empty([num_embeddings, embedding_dims], dtype, device));
        nn.init.normal_(weight);
        if (this.padding_idx is not { } row) return;
        using var _ = no_grad();
        using var padding = Op.Call("select.int", weight, 0L, row);
        nn.init.zeros_(padding);
    }

    [DisallowNull]
    public Parameter? weight { get => RegisteredParameter(nameof(weight)); set => Register(nameof(weight), value); }

    public override Tensor forward(Tensor input)
    {
        if (max_norm is { } most)
        {
            using var _ = no_grad();
            Op.InPlace("embedding_renorm_", weight!, input, most, norm_type);
        }
        return Op.Call("embedding", weight, input, padding_idx ?? -1, scale_grad_by_freq, sparse);
    }
}
