namespace TorchSharp.Modules;

public sealed class Dropout : ParameterLessModule<Tensor, Tensor>
{
    internal Dropout(double p, bool inplace) : base(nameof(Dropout)) => (this.p, this.inplace) = (p, inplace);

    public double p { get; set; }
    public bool inplace { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.dropout(tensor, p, training, inplace);
}
