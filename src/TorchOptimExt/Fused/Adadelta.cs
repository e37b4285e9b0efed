using System.Runtime.CompilerServices;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Fused;

/// <summary>
/// Adadelta in one pass over memory: TorchSharp's <see cref="TorchSharp.Modules.Adadelta"/> with the same options, state and numbers.
/// <code>
/// g ← ∇f(θ), −∇f(θ) to maximize;   g ← g + weight_decay · θ
/// s ← ρ s + (1 − ρ) g²
/// Δ ← √(u + ε) / √(s + ε) · g
/// θ ← θ − lr · Δ
/// u ← ρ u + (1 − ρ) Δ²
/// </code>
/// </summary>
/// <remarks>
/// For models without a learning rate tuned by hand: the step has the units of the parameter, and lr only scales it.
/// <para>Source: M. D. Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, algorithm 1, with the learning rate and weight decay of
/// PyTorch.</para>
/// <para>A step runs in one pass where all parameters that have a gradient, and the gradients, are contiguous float32 or float64 tensors on
/// the CPU; otherwise it is TorchSharp's own step: see <see cref="IFusedOptimizer"/>.</para>
/// <para>A step in one pass writes into the parameters' memory without raising their autograd version: do not call <c>backward</c> on a
/// graph that was built before the step.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.fused.Adadelta(model.parameters());
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
public class Adadelta : TorchSharp.Modules.Adadelta, IFusedOptimizer
{
    private readonly Step fused = new();

    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">Learning rate, a factor without unit, ≥ 0.</param>
    /// <param name="rho">Decay ρ of the two running averages; 0 ≤ ρ ≤ 1.</param>
    /// <param name="eps">ε, added under both roots, in squared units of the gradient, ≥ 0.</param>
    /// <param name="weight_decay">Weight decay, ≥ 0: weight_decay · θ is added to the gradient.</param>
    /// <param name="maximize">Whether to maximize the objective instead of minimizing it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A hyperparameter is out of its range. As in TorchSharp, NaN is not refused.</exception>
    public Adadelta(
        IEnumerable<Parameter> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0,
        bool maximize = false)
        : base(parameters, lr, rho, eps, weight_decay, maximize) { }

    /// <summary>Creates an optimizer for these parameters; error messages use their names.</summary>
    /// <param name="parameters">The parameters with their names, as <c>named_parameters()</c> of a module gives them.</param>
    /// <inheritdoc cref="Adadelta(IEnumerable{Parameter}, double, double, double, double, bool)"/>
    public Adadelta(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6,
        double weight_decay = 0, bool maximize = false)
        : base(parameters?.Select(p => p.parameter) ?? [], lr, rho, eps, weight_decay, maximize) => fused.Name(parameters);

    /// <summary>Creates an optimizer for these parameter groups; what a group leaves null takes the values given here.</summary>
    /// <param name="parameters">The groups. As in TorchSharp, their own values are not checked.</param>
    /// <inheritdoc cref="Adadelta(IEnumerable{Parameter}, double, double, double, double, bool)"/>
    public Adadelta(
        IEnumerable<ParamGroup> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0,
        bool maximize = false)
        : base(parameters ?? [], lr, rho, eps, weight_decay, maximize) => ArgumentNullException.ThrowIfNull(parameters);

    /// <inheritdoc/>
    public bool LastStepFused => fused.Fused;

    /// <inheritdoc/>
    public string? LastStepNotFusedBecause => fused.NotFusedBecause;

    /// <inheritdoc/>
    public Func<double?>? GradientScale { get => fused.GradientScale; set => fused.GradientScale = value; }

    /// <summary>Adds a group of parameters; what its options leave null takes the optimizer's values.</summary>
    /// <param name="param_group">The group, with options of this optimizer or none. As in TorchSharp, their ranges are not checked.</param>
    /// <exception cref="ArgumentNullException"><paramref name="param_group"/> or its list of parameters is null.</exception>
    /// <exception cref="ArgumentException">
    /// The options are another optimizer's, or a parameter is null, disposed, sparse or overlaps itself. Nothing is changed then.
    /// </exception>
    public override void add_param_group(TorchSharp.Modules.ParamGroup param_group)
    {
        base.add_param_group(fused.Prepared(param_group, _defaults, _parameter_groups, _state));
        fused.Keep();
    }

    /// <summary>Performs one optimization step: updates every parameter that has a gradient.</summary>
    /// <param name="closure">Computes the gradients and returns the loss; null where the gradients are there already.</param>
    /// <returns>What the closure returned; null without one.</returns>
    /// <exception cref="InvalidOperationException">
    /// A gradient is sparse, or its shape, dtype or device is not its parameter's; a parameter was disposed or its elements share memory;
    /// its state
    /// was disposed, or lacks what an option needs that was switched on later. No parameter is changed then.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public override Tensor step(Func<Tensor>? closure = null) => fused.Step(closure)!;

    /// <summary>Sets all gradients to zero.</summary>
    /// <exception cref="InvalidOperationException">A parameter or its state was disposed.</exception>
    public override void zero_grad()
    {
        fused.Keep();
        base.zero_grad();
    }

    /// <summary>The hyperparameters and the state themselves, not copies.</summary>
    /// <returns>The options of the groups and the states of their parameters, in order.</returns>
    /// <exception cref="InvalidOperationException">A parameter or its state was disposed.</exception>
    public override StateDictionary state_dict()
    {
        fused.Keep();
        return base.state_dict();
    }

    /// <summary>
    /// Takes over hyperparameters and state from an optimizer of the same class, TorchSharp's or fused. Tensors are copied.
    /// </summary>
    /// <param name="state_dict">What <c>state_dict()</c> of the other optimizer returned.</param>
    /// <exception cref="ArgumentNullException"><paramref name="state_dict"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// It is of another class of optimizer, or of other groups or parameters; nothing is changed then.
    /// </exception>
    public override void load_state_dict(StateDictionary state_dict) => fused.Load(state_dict, this.state_dict());

    /// <summary>Takes over a state that <c>save_state_dict</c> wrote, of this class or of TorchSharp's: all of it or nothing.</summary>
    /// <remarks>Through a variable of a base type it is TorchSharp's own method that is called, which a damaged file leaves half
    /// loaded; <see cref="Checkpoint"/> is whole either way.</remarks>
    /// <param name="reader">Where to read.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of another optimizer or other parameters; nothing is changed
    /// then.</exception>
    public new void load_state_dict(BinaryReader reader) => StateReader.Read(this, reader);

    /// <inheritdoc cref="load_state_dict(BinaryReader)"/>
    /// <param name="location">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public new void load_state_dict(string location) => StateReader.Read(this, location);

    /// <summary>Disposes the state; the parameters stay as they are.</summary>
    /// <param name="disposing">False where the garbage collector calls it, also after a constructor that threw: the tensors then free
    /// themselves.</param>
    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        fused.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Step : FusedStep<Options, State, AdadeltaRule>
    {
        protected override AdadeltaRule Rule(
            Options o, State s) =>
            new(o.LearningRate!.Value, o.rho!.Value, o.eps!.Value, o.weight_decay!.Value, o.maximize!.Value);

        protected override long? RuleKey(State s) => 0;

        protected override StateTensors Owned(State s) => new(s.square_avg, s.acc_delta);

        protected override void Own(State s, StateTensors tensors) => (s.square_avg, s.acc_delta, _) = tensors;

        protected override void CopyNumbers(State from, State to) { }
    }
}

/// <summary>The update of <see cref="Adadelta"/>; its states are the running averages of g² and Δ².</summary>
internal readonly struct AdadeltaRule(double lr, double rho, double eps, double weight_decay, bool maximize) : IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V square_avg, ref V acc_delta, ref V unused) where V : struct, ILanes<V>
    {
        if (maximize) grad = -grad;
        if (weight_decay != 0) grad += weight_decay * param;
        square_avg = rho * square_avg + (1 - rho) * grad * grad;
        var delta = V.Sqrt(acc_delta + eps) / V.Sqrt(square_avg + eps) * grad;
        param -= lr * delta;
        acc_delta = rho * acc_delta + (1 - rho) * delta * delta;
    }
}
