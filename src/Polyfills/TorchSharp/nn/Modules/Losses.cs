namespace TorchSharp.Modules;

public sealed class CrossEntropyLoss : WeightedLoss<Tensor, Tensor, Tensor>
{
    public CrossEntropyLoss(Tensor? weight = null, long? ignore_index = null, nn.Reduction reduction = nn.Reduction.Mean, double label_smoothing = 0) : base(weight, reduction) => (this.ignore_index, this.label_smoothing) = (ignore_index, label_smoothing);

    public long? ignore_index { get; }
    public double label_smoothing { get; }

    public override Tensor forward(Tensor input, Tensor target) => nn.functional.cross_entropy(input, target, weight, ignore_index ?? -100, reduction, label_smoothing);
}

public sealed class NLLLoss : WeightedLoss<Tensor, Tensor, Tensor>
{
    public NLLLoss(Tensor? weight = null, nn.Reduction reduction = nn.Reduction.Mean) : base(weight, reduction) { }

    public override Tensor forward(Tensor input, Tensor target) => nn.functional.nll_loss(input, target, weight, reduction);
}

public sealed class BCELoss : WeightedLoss<Tensor, Tensor, Tensor>
{
    public BCELoss(Tensor? weight = null, nn.Reduction reduction = nn.Reduction.Mean) : base(weight, reduction) { }

    public override Tensor forward(Tensor input, Tensor target) => nn.functional.binary_cross_entropy(input, target, weight, reduction);
}

public sealed class BCEWithLogitsLoss : WeightedLoss<Tensor, Tensor, Tensor>
{
    public BCEWithLogitsLoss(Tensor? weight = null, nn.Reduction reduction = nn.Reduction.Mean, Tensor? pos_weights = null) : base(weight, reduction) => this.pos_weights = pos_weights;

    public Tensor? pos_weights { get; }

    public override Tensor forward(Tensor input, Tensor target) => nn.functional.binary_cross_entropy_with_logits(input, target, weight, reduction, pos_weights);
}

public sealed class MSELoss : Loss<Tensor, Tensor, Tensor>
{
    public MSELoss(nn.Reduction reduction = nn.Reduction.Mean) : base(reduction) { }

    public override Tensor forward(Tensor input, Tensor target) => nn.functional.mse_loss(input, target, reduction);
}

public sealed class L1Loss : Loss<Tensor, Tensor, Tensor>
{
    public L1Loss(nn.Reduction reduction = nn.Reduction.Mean) : base(reduction) { }

    public override Tensor forward(Tensor input, Tensor target) => nn.functional.l1_loss(input, target, reduction);
}

public sealed class SmoothL1Loss : Loss<Tensor, Tensor, Tensor>
{
    public SmoothL1Loss(nn.Reduction reduction = nn.Reduction.Mean, double beta = 1) : base(reduction) => this.beta = beta;

    public double beta { get; }

    public override Tensor forward(Tensor input, Tensor target) => nn.functional.smooth_l1_loss(input, target, reduction, beta);
}

public sealed class HuberLoss : Loss<Tensor, Tensor, Tensor>
{
    public HuberLoss(double delta = 1, nn.Reduction reduction = nn.Reduction.Mean) : base(reduction) => this.delta = delta;

    public double delta { get; }

    public override Tensor forward(Tensor input, Tensor target) => nn.functional.huber_loss(input, target, delta, reduction);
}
