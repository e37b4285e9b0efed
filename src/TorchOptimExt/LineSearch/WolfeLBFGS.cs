using TorchOptimExt.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// Limited-memory BFGS with a line search for the strong Wolfe conditions.
/// <code>
/// F(θ) = ±f(θ) + ½·Σ λ‖θ‖², g = ∇F, d = −lr · Hg, H from the last `history` pairs s = Δθ, y = Δg (−lr · g without pairs, or where the
/// search along d fails) accept α where F(θ + αd) ≤ F(θ) + c₁·α·gᵀd and |∇F(θ + αd)ᵀd| ≤ −c₂·gᵀd,   α = 1 first (min(1, 1/‖g‖) along −g)
/// θ ← θ + αd
/// </code>
/// </summary>
/// <remarks>
/// For full batches, from a few parameters to millions: no rate is tuned, and no second derivatives are needed. A step mostly takes one
/// evaluation with its backward pass in <see cref="LineSearchOptimizer.minimize"/>, and two in <see cref="LineSearchOptimizer.step"/>;
/// trials that do not decrease the loss take no backward pass. The pair of a step comes from two gradients of the same closure, so
/// mini-batches of 512 or more work, too. Memory: 2·history numbers a parameter element, float32 for float16 and bfloat16. A pair with sᵀy
/// ≤ 1e-10·‖s‖·‖y‖ is skipped. With more elements than pairs, y + ‖g₊‖/‖θ₊‖ · s is kept in its place: where F is almost flat, as units of
/// a network saturate, steps are then no longer than the parameters are, and the closer the minimum the less it changes. With no more, y
/// has what the values of F tell of the third derivative along s: y + e/sᵀs · s, e = 6·(F − F₊) + 3·(g + g₊)ᵀs, at least 0 and at most sᵀy.
/// <para>Sources: D. C. Liu and J. Nocedal, "On the Limited Memory BFGS Method for Large Scale Optimization", 1989; J. Nocedal and S.
/// Wright, "Numerical Optimization", 2006, algorithms 3.5, 3.6 and 7.5; R. H. Byrd, J. Nocedal, R. B. Schnabel, "Representations of
/// Quasi-Newton Matrices and Their Use in Limited Memory Methods", 1994; D.-H. Li and M. Fukushima, "A Modified BFGS Method and Its Global
/// Convergence in Nonconvex Minimization", 2001 (y + t‖g₊‖ · s, here with t = 1/‖θ₊‖, which is in the parameters' units); J. Z. Zhang and
/// C. X. Xu, "Properties and Numerical Performance of Quasi-Newton Methods with Modified Quasi-Newton Equations", 2001 (the third
/// derivative).</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.WolfeLBFGS(model.parameters());
/// var result = optimizer.minimize(() => torch.nn.functional.mse_loss(model.forward(x), y), max_steps: 200);
/// Console.WriteLine($"{result.Outcome}: loss {result.Value} after {result.Evaluations} evaluations");
/// </code>
/// </example>
[Optimizer]
public sealed partial class WolfeLBFGS : LineSearchOptimizer
{
    private const long MostNumbers = 10_000_000, LeastChosen = 10, MostChosen = 100;

    private const double LeastStep = 1e-20;

    private bool chosen;        // the history, by the optimizer

    private new Options Settings => (Options)base.Settings;

    private protected override double[] InitialMemory()
    {
        chosen |= Settings.history is null;
        if (chosen) ChooseHistory();
        return [.. LimitedMemory.Numbers(Settings.history!.Value), 0];
    }

    private protected override Tensor[] InitialTensors(Parameter parameter)
    {
        if (chosen && ChooseHistory()) Renew();
        var (steps, changes) = LimitedMemory.Rows(parameter, Settings.history!.Value);
        return [steps, changes];
    }

    // Gives all groups the history for the elements that they have together; a group that is added after the first step changes nothing.
    private bool ChooseHistory()
    {
        var elements = parameters().Sum(p => p.NumberOfElements);
        var history = (int)Math.Clamp(MostNumbers / 2 / Math.Max(elements, 1), LeastChosen, MostChosen);
        if (history == Settings.history || States().Any(state => state.step > 0)) return false;
        foreach (var group in _parameter_groups) ((Options)group.Options).history = history;
        return true;
    }

    private void Renew()
    {
        foreach (var state in States()) state.Initialize(Settings);
    }

    // Of the parameters that have one already.
    private List<TensorState> States() => [.. parameters().Where(p => _state.ContainsKey(p.Handle)).Select(StateOf)];

    private protected override IStepMethod Method()
    {
        var settings = Settings;
        var parameters = _parameter_groups.SelectMany(group => group.Parameters).ToList();
        var rows = parameters.Select(p => (StateOf(p).tensors[0], StateOf(p).tensors[1])).ToList();
        return new Descent(new QuasiNewtonDirections(new(rows, Memory, settings.history!.Value), parameters, Scratch),
            settings.line_search == LineSearchKind.Armijo ? Armijo : Wolfe);

        RaySearchResult Wolfe(Trials trials, double origin, Candidate candidate, double least) =>
            new StrongWolfeSearch(settings.c1!.Value, settings.c2!.Value, settings.max_trials!.Value, Least(candidate, least))
                .Search(trials.Value, trials.Slope, origin, candidate.Slope, candidate.First);

        RaySearchResult Armijo(Trials trials, double origin, Candidate candidate, double least) =>
            new ArmijoSearch(settings.c1!.Value, 0.5, settings.max_trials!.Value - 1, Least(candidate, least), Interpolation.Quadratic)
                .Search(trials.Value, origin, candidate.Slope, candidate.First);

        // In units of the first trial, which is tiny where the gradient is huge.
        static double Least(Candidate candidate, double least) =>
            Math.Max(Math.Max(least, LeastStep * Math.Min(1, candidate.First)), double.Epsilon);
    }

    /// <summary>The hyperparameters of a group: a learning rate and weight decay of its own; those of the search are the same for all
    /// groups. What is null takes the optimizer's.</summary>
    public sealed partial class Options : LineSearchOptions
    {
        /// <summary>The factor of the quasi-Newton step that is tried first, ≥ 0; 1 is the method's own step.</summary>
        [Hyperparameter(Default = 1.0, AtLeast = 0)]
        public override double? lr { get => base.lr; set => base.lr = value; }

        /// <summary>The most pairs that are remembered; from 1 to 1,000. Null takes 100 for up to 50,000 elements, and for more as many as
        /// make 10 million numbers, at least 10: few parameters are cheap to remember, and a longer memory takes fewer steps.</summary>
        [Hyperparameter(AtLeast = 1, AtMost = 1000, Optional = true, Shared = true, Fixed = true)]
        public int? history { get; set; }

        /// <summary>The fraction of the predicted decrease that must be reached; 0 &lt; c1 &lt; c2.</summary>
        [Hyperparameter(Default = 1e-4, Above = 0, Below = 1, Shared = true)]
        public double? c1 { get; set; }

        /// <summary>The fraction of the first slope that may be left; c1 &lt; c2 &lt; 1.</summary>
        [Hyperparameter(Default = 0.9, Above = 0, Below = 1, Shared = true)]
        public double? c2 { get; set; }

        /// <summary>The most step sizes that are tried along a direction; ≥ 1.</summary>
        [Hyperparameter(Default = 25, AtLeast = 1, Shared = true)]
        public int? max_trials { get; set; }

        /// <summary>For which conditions a step size is searched.</summary>
        [Hyperparameter(Default = LineSearchKind.StrongWolfe, Shared = true)]
        public LineSearchKind? line_search { get; set; }

        /// <summary>Checks that c1 &lt; c2.</summary>
        /// <exception cref="ArgumentOutOfRangeException">c1 is not smaller than c2.</exception>
        protected override void CheckTogether() => CheckBelow(nameof(c1), c1, nameof(c2), c2);
    }
}
