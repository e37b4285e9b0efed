namespace TorchSharp.Modules;

public sealed class LayerNorm : nn.Module<Tensor, Tensor>
{
    internal LayerNorm(long[] normalized_shape, double eps, bool elementwise_affine, bool bias, Device? device, ScalarType? dtype) : base(nameof(LayerNorm))
    {
        (this.normalized_shape, this.eps, this.elementwise_affine) = (normalized_shape, eps, elementwise_affine);
        if (elementwise_affine) weight = new Parameter(empty(normalized_shape, dtype, device));
        if (elementwise_affine && bias) this.bias = new Parameter(empty(normalized_shape, dtype, device));
        reset_parameters();
    }

    public long[] normalized_shape { get; set; }
    public double eps { get; set; }
    public bool elementwise_affine { get; set; }
    public Parameter weight { get => RegisteredParameter(nameof(weight))!; set => Register(nameof(weight), value); }
    public Parameter? bias { get => RegisteredParameter(nameof(bias)); set => Register(nameof(bias), value); }

    public void reset_parameters()
    {
        if (elementwise_affine) nn.init.ones_(weight);
        if (bias is not null) nn.init.zeros_(bias);
    }

    public override Tensor forward(Tensor tensor) => nn.functional.layer_norm(tensor, normalized_shape, weight, bias, eps);
}
