using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using TorchOptimExt.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// The base of <see cref="ArmijoGD"/> and <see cref="ArmijoNewton"/>: a step evaluates the closure once with gradients, finds a
/// direction, and evaluates it once for each step size along that direction until one is accepted.
/// </summary>
/// <remarks>
/// The closure computes the loss and returns it; it does not call backward(). For given parameters it must return the same loss
/// each time; random numbers, such as dropout's, are the same in every evaluation of a step. Tensors that it makes in a trial are disposed when
/// the trial ends. After the step the parameters' grad holds the gradient of the loss where the step began, null where that loss is not finite.
/// </remarks>
public abstract class LineSearchOptimizer : OptimizerBase, ILossOnlyClosure
{
    private readonly Ray ray = new();

    private protected LineSearchOptimizer(LineSearchOptions defaults) : base(defaults) { }

    /// <summary>Receives one debug message a step; null for none.</summary>
    [ConstructorArgument]
    private protected ILogger? logger { get; init; }

    /// <summary>What the last step did; null before the first one, and where the last one threw.</summary>
    public LineSearchStep? LastStep { get; private set; }

    private protected LineSearchOptions Settings => (LineSearchOptions)_parameter_groups[0].Options;

    private protected double Sign => Settings.maximize!.Value ? -1 : 1;

    /// <summary>The gradient of f for each of these parameters; null where f does not depend on one.</summary>
    private protected abstract IReadOnlyList<Tensor?> Differentiate(Tensor loss, IReadOnlyList<Parameter> parameters);

    /// <summary>Gives each leg its direction and scale.</summary>
    private protected abstract SearchDirection Direct(IReadOnlyList<Leg> legs);

    private protected abstract ArmijoSearch Search();

    private protected virtual double FirstStep() => 1;

    private protected virtual double Reference(double before) => before;

    /// <summary>Remembers an accepted step.</summary>
    private protected virtual void Accept(IReadOnlyList<Leg> legs, LineSearchStep step) { }

    /// <summary>Performs one optimization step along one direction; <see cref="LastStep"/> tells how it ended.</summary>
    /// <param name="closure">Computes and returns the loss, a floating-point tensor of one element, and leaves backward() to the optimizer. Required.</param>
    /// <returns>What the closure returned where the step began, without weight decay; the caller owns it.</returns>
    /// <exception cref="InvalidOperationException">There is no closure; it called backward(); it did not return a floating-point tensor of one element that can be differentiated and depends on
    /// a parameter; or a gradient is sparse, or not of its parameter's shape, dtype and device. No parameter is changed then.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    /// <remarks>What the closure throws is passed on; every parameter then has the bits that it had before the step.</remarks>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        ThrowIfNotReady();
        var name = GetType().Name;
        if (closure is null) throw new InvalidOperationException($"{name} evaluates the loss several times: call step(closure) with a closure that computes and returns it.");
        LastStep = null;
        using var objective = new Objective(name, closure, Decays(), Sign);
        var loss = objective.Differentiable();
        using (NewDisposeScope())
        using (no_grad())
            LastStep = Step(objective, loss);
        if (logger is not null) LineSearchLog.Step(logger, name, LastStep);
        return loss;
    }

    private LineSearchStep Step(Objective objective, Tensor loss)
    {
        var before = objective.Value(loss);
        var report = new LineSearchStep { Outcome = LineSearchOutcome.NonFiniteLoss, Before = before, After = before, Evaluations = objective.Evaluations, LargestGradient = double.NaN };
        if (!double.IsFinite(before)) return report;
        var legs = Legs(loss);
        try
        {
            report = report with { LargestGradient = legs.Select(leg => leg.LargestGradient).Aggregate(Math.Max) };
            if (!double.IsFinite(report.LargestGradient)) return report with { Outcome = LineSearchOutcome.NonFiniteGradient };
            if (report.LargestGradient <= (Settings.tolerance_grad ?? Tolerances.Gradient(legs))) return report with { Outcome = LineSearchOutcome.Converged };
            return Along(objective, legs, report);
        }
        finally
        {
            foreach (var leg in legs) leg.Parameter.grad = leg.Found.detach();
        }
    }

    private LineSearchStep Along(Objective objective, IReadOnlyList<Leg> legs, LineSearchStep report)
    {
        var direction = Direct(legs);
        var reference = Reference(report.Before);
        var result = Move(objective, legs, report.Before, reference, direction);
        report = report with
        {
            Outcome = result.Outcome,
            Step = result.Step,
            After = result.Value,
            Reference = reference,
            Slope = direction.Slope,
            Curvature = direction.Curvature,
            Trials = result.Trials,
            Evaluations = objective.Evaluations,
            Direction = direction.Kind,
            Shift = direction.Shift,
            HessianProducts = direction.HessianProducts,
        };
        if (!report.Moved) return report;
        foreach (var leg in legs) leg.State.step++;
        Accept(legs, report);
        var still = (Settings.tolerance_change ?? Tolerances.Change(legs)) * Math.Max(1, Math.Abs(report.After));
        return Math.Abs(report.After - report.Before) <= still ? report with { Outcome = LineSearchOutcome.Converged } : report;
    }

    // The gradients are out of the closure's reach meanwhile: it may call zero_grad(), and they may be the direction.
    private RaySearchResult Move(Objective objective, IReadOnlyList<Leg> legs, double before, double reference, SearchDirection direction)
    {
        foreach (var leg in legs) leg.Parameter.grad = null;
        ray.Begin(legs);
        var accepted = false;
        try
        {
            var result = Search().Search(Try, before, direction.Slope, FirstStep(), direction.Curvature, reference);
            accepted = result.Outcome == LineSearchOutcome.Accepted;
            return result;
        }
        finally
        {
            if (!accepted) ray.Return();
            ray.End();
        }

        double Try(double step)
        {
            ray.MoveTo(step);
            return objective.Again();
        }
    }

    private List<(Parameter, double)> Decays() =>
        [.. _parameter_groups.SelectMany(group => group.Parameters.Select(p => (p, ((LineSearchOptions)group.Options).weight_decay!.Value)))];

    private List<Leg> Legs(Tensor loss)
    {
        var all = _parameter_groups.SelectMany(group => group.Parameters.Select(p => (parameter: p, options: (LineSearchOptions)group.Options))).ToList();
        var gradients = GradientsOf(loss, [.. all.Select(a => a.parameter)]);
        var legs = new List<Leg>();
        foreach (var ((parameter, options), found) in all.Zip(gradients))
        {
            if (found is null) continue;
            CheckGradient(parameter, found);
            legs.Add(new(parameter, options, StateOf(parameter), found, GradientOfF(parameter, options.weight_decay!.Value, found.detach())));
        }
        return legs.Count > 0 ? legs : throw new InvalidOperationException($"{GetType().Name}: the loss depends on none of the parameters.");
    }

    private IReadOnlyList<Tensor?> GradientsOf(Tensor loss, IReadOnlyList<Parameter> parameters)
    {
        try
        {
            return Differentiate(loss, parameters);
        }
        catch (ExternalException e)
        {
            throw new InvalidOperationException($"{GetType().Name}: the loss cannot be differentiated; the closure must not call backward() itself. {e.Message}", e);
        }
    }

    private Tensor GradientOfF(Parameter parameter, double decay, Tensor gradient)
    {
        if (Sign < 0) gradient = gradient.neg();
        if (decay != 0) gradient = gradient.add(parameter, alpha: decay);
        return parameter.is_contiguous() ? gradient.contiguous() : gradient;
    }
}
