using Microsoft.Extensions.Logging;
using TorchOptimExt.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// The base of <see cref="ArmijoGD"/>, <see cref="WolfeLBFGS"/>, <see cref="ArmijoNewton"/> and <see cref="TrustRegionNewton"/>: a step
/// evaluates the closure where the parameters are, and once for each trial elsewhere until one is accepted; <see cref="minimize"/> makes
/// many steps on one objective.
/// </summary>
/// <remarks>
/// The closure computes the loss and returns it; it does not call backward(). For given parameters it must return the same loss
/// each time; random numbers, such as dropout's, are the same in every evaluation of a step. Tensors that it makes in a trial are disposed
/// when the trial ends. After the step the parameters' grad holds the gradient of the loss where the step began, null where that loss is
/// not finite.
/// </remarks>
public abstract class LineSearchOptimizer : OptimizerBase, ILossOnlyClosure
{
    private protected LineSearchOptimizer(LineSearchOptions defaults) : base(defaults) { }

    /// <summary>Tensors that evaluations change, such as those of <c>model.buffers()</c> with batch normalization: the evaluation where a
    /// step begins updates them, as in a plain loop, trials do not. Null for none.</summary>
    [ConstructorArgument]
    private protected IEnumerable<Tensor>? buffers { get; init => field = value?.ToList(); }

    /// <summary>Receives one debug message a step; null for none.</summary>
    [ConstructorArgument]
    private protected ILogger? logger { get; init; }

    /// <summary>What the last step did; null before the first one, and where the last one threw.</summary>
    public LineSearchStep? LastStep { get; private set; }

    /// <summary>What each gradient of the loss, and each product of its Hessian with vectors, goes through before it is used: null for
    /// none. Where several processes each see a part of the data, their means over the processes; the closure then returns the mean loss as
    /// its value, on all the same to the bit.</summary>
    /// <remarks>It changes the tensors that it gets in place. Of a parameter on which this process's loss does not depend, the gradient is
    /// 0, so that all processes have as many.</remarks>
    public Action<IReadOnlyList<Tensor>>? Reduction { get; set; }

    private protected LineSearchOptions Settings => (LineSearchOptions)_parameter_groups[0].Options;

    private protected double Sign => Settings.maximize!.Value ? -1 : 1;

    private protected Parameter FirstParameter => _parameter_groups[0].Parameters.First();

    /// <summary>The numbers that the optimizer remembers, with the state of its first parameter. The last one counts quiet steps.</summary>
    private protected double[] Memory => StateOf(FirstParameter).numbers;

    /// <summary>Memory that steps use again.</summary>
    private protected Scratch Scratch { get; } = new();

    /// <summary>Puts the parts of the optimizer together as the settings say.</summary>
    private protected abstract IStepMethod Method();

    /// <summary>The numbers of an optimizer without steps; the last one is the base's.</summary>
    private protected abstract double[] InitialMemory();

    /// <summary>What is remembered of each parameter.</summary>
    private protected abstract Tensor[] InitialTensors(Parameter parameter);

    /// <inheritdoc/>
    protected sealed override (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        using var quiet = no_grad();
        return (parameter.Handle == FirstParameter.Handle ? InitialMemory() : [], InitialTensors(parameter));
    }

    /// <summary>Performs one optimization step; <see cref="LastStep"/> tells how it ended.</summary>
    /// <param name="closure">Computes and returns the loss, a floating-point tensor of one element, and leaves backward() to the optimizer.
    /// Required.</param>
    /// <returns>What the closure returned where the step began, without weight decay; the caller owns it.</returns>
    /// <exception cref="InvalidOperationException">There is no closure; it called backward(); it did not return a floating-point tensor of
    /// one element that can be differentiated and depends on a parameter; or a gradient is sparse, or not of its parameter's shape, dtype
    /// and device. No parameter is changed then.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    /// <remarks>What the closure throws is passed on; every parameter then has the bits that it had before the step.</remarks>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        using var objective = Begin(closure, "step(closure)");
        var loss = objective.Begin();
        using var scope = NewDisposeScope();
        using var at = At(objective, loss);
        try
        {
            var (report, end) = Advance(objective, at, keep: false, evaluations: 0, gradients: 0);
            end?.Dispose();
            Log(report);
        }
        finally
        {
            at.LeaveGradients();
        }
        return loss;
    }

    /// <summary>
    /// Minimizes one fixed objective: makes steps until one ends otherwise than by moving the parameters, or max_steps have moved them.
    /// What the evaluation of an accepted point gave, value and gradient, is kept for the next step.
    /// </summary>
    /// <param name="closure">Computes and returns the loss, the same for the same parameters, and leaves backward() to the optimizer; see
    /// <see cref="step"/>. Random numbers that it draws are the same in every evaluation.</param>
    /// <param name="max_steps">The most steps; ≥ 0.</param>
    /// <param name="progress">Receives each step's report; null for none.</param>
    /// <param name="cancellation">Ends the minimization between two steps.</param>
    /// <returns>How it ended and what it took. The parameters' grad then holds the gradient of the loss where it ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max_steps"/> is negative.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the parameters are where the last step left them.</exception>
    /// <inheritdoc cref="step" path="/exception"/>
    public MinimizeResult minimize(Func<Tensor> closure, int max_steps = 10_000, IProgress<LineSearchStep>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(max_steps);
        using var objective = Begin(closure, "minimize(closure)");
        using var scope = NewDisposeScope();
        var at = At(objective, objective.Begin());
        var (moves, products, hessians, outcome) = (0, 0, 0, LineSearchOutcome.Accepted);
        var (evaluations, gradients) = (0, 0);
        try
        {
            while ((outcome is LineSearchOutcome.Accepted or LineSearchOutcome.Refused) && (moves < max_steps || IsStationary(at)))
            {
                cancellation.ThrowIfCancellationRequested();
                using var inner = NewDisposeScope();
                if (moves >= max_steps && CanEscape(at)) break;
                var (report, end) = Advance(objective, at, keep: true, evaluations, gradients);
                (evaluations, gradients, outcome) = (objective.Evaluations, objective.Gradients, report.Outcome);
                (products, hessians) = (products + report.HessianProducts, hessians + report.Hessians);
                Log(report);
                progress?.Report(report);
                // Moving back has made the graph of this point's gradient useless.
                if (outcome == LineSearchOutcome.Refused) end = Again(objective);
                if (end is null) continue;
                if (report.Moved) moves++;
                at.Dispose();
                at = end;
                if (outcome == LineSearchOutcome.Accepted && moves < max_steps) at.LeaveBuffers(objective.Buffers);
            }
            return new(outcome, at.Value, at.LargestGradient, moves, objective.Evaluations, objective.Gradients, products, hessians);
        }
        finally
        {
            at.LeaveGradients();
            at.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) Scratch.Dispose();
        base.Dispose(disposing);
    }

    private Objective Begin(Func<Tensor>? closure, string call)
    {
        ThrowIfNotReady();
        var name = GetType().Name;
        if (closure is null) throw new InvalidOperationException(
            $"{name} evaluates the loss several times: call {call} with a closure that computes and returns it.");
        LastStep = null;
        return new(name, closure, Terms(), Sign, Method().UsesCurvature, new(name, [.. buffers ?? []]), Reduction);
    }

    private static Point At(Objective objective, Tensor loss)
    {
        using var quiet = no_grad();
        var value = objective.Value(loss);
        return new Point(value, double.IsFinite(value) ? objective.Differentiate(loss) : [], reduction: objective.Reduction).Detach();
    }

    private static Point Again(Objective objective)
    {
        using var loss = objective.Again(out var buffers);
        return new Point(objective.Value(loss), objective.Differentiate(loss), buffers, objective.Reduction).Detach();
    }

    private (LineSearchStep report, Point? end) Advance(Objective objective, Point at, bool keep, int evaluations, int gradients)
    {
        using var quiet = no_grad();
        var method = Method();
        var (report, end) = Ended(at) is { } outcome ? (Unmoved(at, outcome), null) : Move(objective, method, at, keep || method.UsesEnd);
        report = report with
        {
            LargestGradient = at.LargestGradient,
            Evaluations = objective.Evaluations - evaluations,
            Gradients = objective.Gradients - gradients,
        };
        if (!report.Moved) return (report, end);
        foreach (var leg in at.Legs) leg.State.step++;
        Memory[^1] = Rule(at).Count((int)Memory[^1], report.Before, report.After, report.Step,
            report.IsWhole ? report.FirstTrial : double.PositiveInfinity);
        if (Memory[^1] < Settings.patience) return (report, end);
        Memory[^1] = 0;
        var rounding = Settings.tolerance_change is null && !Rule(at).IsNearlyStationary(at.LargestGradient, report.After / at.Reach);
        return (report with { Outcome = rounding ? LineSearchOutcome.Stalled : LineSearchOutcome.Converged }, end);
    }

    private bool CanEscape(Point at)
    {
        using var quiet = no_grad();
        return Method().CanEscape(at);
    }

    private (LineSearchStep report, Point? end) Move(Objective objective, IStepMethod method, Point at, bool keep)
    {
        using var trials = new Trials(objective, at, keep, Scratch);
        var (report, end) = IsStationary(at) ? method.Escape(at, trials) ?? (Unmoved(at, LineSearchOutcome.Converged), null)
            : method.Advance(at, trials, Rule(at));
        return (report with { Trials = trials.Count }, end);
    }

    // What ends a step before it looks for a direction.
    private static LineSearchOutcome? Ended(Point at) => !double.IsFinite(at.Value) ? LineSearchOutcome.NonFiniteLoss
        : at.Legs.Count == 0 ? LineSearchOutcome.NoDescent
        : !double.IsFinite(at.LargestGradient) ? LineSearchOutcome.NonFiniteGradient : null;

    private static LineSearchStep Unmoved(Point at, LineSearchOutcome outcome) =>
        new() { Outcome = outcome, Before = at.Value, After = at.Value, Evaluations = 0 };

    private bool IsStationary(Point at) => at.Legs.Count > 0 && Rule(at).IsStationary(at.LargestGradient);

    private StoppingRule Rule(Point at)
    {
        var epsilon = Epsilon.Of(at.Legs);
        var gradient = at.Legs.All(leg => leg.Parameter.dtype == ScalarType.Float64) ? 1e-8 : 1e-5;
        return new(Settings.tolerance_grad ?? gradient, Settings.tolerance_change ?? 4 * epsilon, Settings.patience!.Value, epsilon);
    }

    private void Log(LineSearchStep report)
    {
        LastStep = report;
        if (logger is not null) LineSearchLog.Step(logger, GetType().Name, report);
    }

    private List<ObjectiveTerm> Terms() => [.. _parameter_groups.SelectMany(group =>
        group.Parameters.Select(p => new ObjectiveTerm(p, (LineSearchOptions)group.Options, StateOf(p), CheckGradient)))];
}
