namespace TorchSharp.Modules;

public sealed class Linear : nn.Module<Tensor, Tensor>
{
    internal Linear(Parameter weight, Parameter? bias) : base(nameof(Linear))
    {
        (out_features, in_features) = (weight.shape[0], weight.shape[1]);
        this.weight = weight;
        this.bias = bias;
    }

    internal Linear(long inputs, long outputs, bool hasBias, Device? device, ScalarType? dtype)
        : this(new Parameter(empty([outputs, inputs], dtype, device)), hasBias ? new Parameter(empty([outputs], dtype, device)) : null)
        => nn.init.FanInUniform(weight, bias);

    public long in_features { get; set; }
    public long out_features { get; set; }
    public Parameter weight { get => RegisteredParameter(nameof(weight))!; set => Register(nameof(weight), value); }
    public Parameter? bias { get => RegisteredParameter(nameof(bias)); set => Register(nameof(bias), value); }

    public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, bias);
}
