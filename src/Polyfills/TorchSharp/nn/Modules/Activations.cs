namespace TorchSharp.Modules;

public sealed class ReLU : ParameterLessModule<Tensor, Tensor>
{
    internal ReLU(bool inplace) : base(nameof(ReLU)) => this.inplace = inplace;

    public bool inplace { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.relu(tensor, inplace);
}

public sealed class Sigmoid : ParameterLessModule<Tensor, Tensor>
{
    internal Sigmoid(bool inplace) : base(nameof(Sigmoid)) => this.inplace = inplace;

    public bool inplace { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.sigmoid(tensor, inplace);
}

public sealed class Tanh : ParameterLessModule<Tensor, Tensor>
{
    internal Tanh(bool inplace) : base(nameof(Tanh)) => this.inplace = inplace;

    public bool inplace { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.tanh(tensor, inplace);
}

public sealed class GELU : ParameterLessModule<Tensor, Tensor>
{
    internal GELU(bool inplace) : base(nameof(GELU)) => this.inplace = inplace;

    public bool inplace { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.gelu(tensor, inplace);
}

public sealed class SiLU : ParameterLessModule<Tensor, Tensor>
{
    internal SiLU(bool inplace) : base(nameof(SiLU)) => this.inplace = inplace;

    public bool inplace { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.silu(tensor, inplace);
}

public sealed class LeakyReLU : ParameterLessModule<Tensor, Tensor>
{
    internal LeakyReLU(double negative_slope, bool inplace) : base(nameof(LeakyReLU)) => (this.negative_slope, this.inplace) = (negative_slope, inplace);

    public double negative_slope { get; set; }
    public bool inplace { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.leaky_relu(tensor, negative_slope, inplace);
}

public sealed class ELU : ParameterLessModule<Tensor, Tensor>
{
    internal ELU(double alpha, bool inplace) : base(nameof(ELU)) => (this.alpha, this.inplace) = (alpha, inplace);

    public double alpha { get; set; }
    public bool inplace { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.elu(tensor, alpha, inplace);
}

public sealed class Softplus : ParameterLessModule<Tensor, Tensor>
{
    internal Softplus(double beta, double threshold) : base(nameof(Softplus)) => (this.beta, this.threshold) = (beta, threshold);

    public double beta { get; set; }
    public double threshold { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.softplus(tensor, beta, threshold);
}

public sealed class Softmax : ParameterLessModule<Tensor, Tensor>
{
    internal Softmax(long dim) : base(nameof(Softmax)) => this.dim = dim;

    public long dim { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.softmax(tensor, dim);
}

public sealed class LogSoftmax : ParameterLessModule<Tensor, Tensor>
{
    internal LogSoftmax(long dim) : base(nameof(LogSoftmax)) => this.dim = dim;

    public long dim { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.log_softmax(tensor, dim);
}
