namespace TorchSharp.Modules;

public abstract class NormBase : nn.Module<Tensor, Tensor>
{
    public NormBase(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name) : base(name)
    {
        (this.num_features, this.eps, this.momentum) = (num_features, eps, momentum);
        (this.affine, this.track_running_stats) = (affine, track_running_stats);
        if (affine)
        {
            weight = new Parameter(empty([num_features], dtype, device));
            bias = new Parameter(empty([num_features], dtype, device));
        }
        if (track_running_stats)
        {
            running_mean = zeros([num_features], dtype, device);
            running_var = ones([num_features], dtype, device);
            num_batches_tracked = zeros([], dtype ?? ScalarType.Int64, device);
        }
        reset_parameters();
    }

    public long num_features { get; private set; }
    public double eps { get; set; }
    public double? momentum { get; set; }
    public bool affine { get; private set; }
    public bool track_running_stats { get; private set; }
    public Parameter weight { get => RegisteredParameter(nameof(weight))!; set => Register(nameof(weight), value); }
    public Parameter? bias { get => RegisteredParameter(nameof(bias)); set => Register(nameof(bias), value); }
    public Tensor? running_mean { get => RegisteredBuffer(nameof(running_mean)); set => RegisterBuffer(nameof(running_mean), value); }
    public Tensor? running_var { get => RegisteredBuffer(nameof(running_var)); set => RegisterBuffer(nameof(running_var), value); }
    public Tensor? num_batches_tracked { get => RegisteredBuffer(nameof(num_batches_tracked)); set => RegisterBuffer(nameof(num_batches_tracked), value); }

    protected abstract void ValidateInputDimensions(Tensor input);

    public void reset_running_stats()
    {
        if (!track_running_stats) return;
        nn.init.zeros_(running_mean!);
        nn.init.ones_(running_var!);
        nn.init.zeros_(num_batches_tracked!);
    }

    public void reset_parameters()
    {
        reset_running_stats();
        if (!affine) return;
        nn.init.ones_(weight);
        nn.init.zeros_(bias!);
    }
}
