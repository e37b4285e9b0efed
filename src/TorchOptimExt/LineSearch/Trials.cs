using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// The evaluations of one step beside the one where it begins: moves the parameters along the legs' rays, and back unless one is taken. The
/// closure does not see the gradients meanwhile: it may call zero_grad(), and they may be the direction.
/// </summary>
internal sealed class Trials : IDisposable
{
    private const double Elsewhere = 0.3;

    private readonly Objective objective;
    private readonly Point origin;
    private readonly bool keep;
    private readonly Ray ray;
    private readonly List<(double step, Point point)> known = [];
    private double at;
    private (double value, Tensor loss, Tensor[] buffers)? last;
    private bool taken, compared;

    /// <param name="objective">What is evaluated.</param>
    /// <param name="origin">Where the step begins.</param>
    /// <param name="keep">Whether the gradient where the step ends will be wanted: evaluations keep their graphs then.</param>
    /// <param name="scratch">Where the parameters' origins are kept.</param>
    public Trials(Objective objective, Point origin, bool keep, Scratch scratch)
    {
        (this.objective, this.origin, this.keep, ray) = (objective, origin, keep, new(scratch));
        foreach (var leg in origin.Legs) leg.Parameter.grad = null;
        ray.Begin(origin.Legs);
    }

    /// <summary>How many step sizes were evaluated.</summary>
    public int Count { get; private set; }

    /// <summary>The lowest value that was seen; ∞ where none was finite.</summary>
    public double Lowest { get; private set; } = double.PositiveInfinity;

    /// <summary>F at a step size along the legs' present directions.</summary>
    public double Value(double step)
    {
        Forget();
        Count++;
        Move(step);
        var value = keep ? Evaluate() : objective.ValueAgain();
        if (double.IsFinite(value)) Lowest = Math.Min(Lowest, value);
        if (value == origin.Value && !compared && IsSuspect(step)) Compare(step);
        return value;
    }

    /// <summary>The slope at the step size that was evaluated last; the point there is known then.</summary>
    public double Slope(double step)
    {
        var point = Differentiate();
        known.Add((step, point));
        // The best and the latest are enough.
        while (known.Count > 2)
        {
            var worst = known.Take(known.Count - 1).MaxBy(k => k.point.Value);
            known.Remove(worst);
            worst.point.Dispose();
        }
        return point.SlopeAlong(origin.Legs);
    }

    /// <summary>Leaves the parameters at a step size; gives the point there where evaluations keep their graphs. The caller disposes
    /// it.</summary>
    public Point? Take(double step)
    {
        if (at != step) Move(step);
        var found = keep ? known.FirstOrDefault(k => k.step == step).point ?? Differentiate() : null;
        known.RemoveAll(k => k.point == found);
        taken = true;       // unless the gradient failed
        return found;
    }

    /// <summary>Before another direction: what was learned along the last one is of no use.</summary>
    public void Restart()
    {
        Forget();
        foreach (var (_, point) in known) point.Dispose();
        known.Clear();
        at = double.NaN;
    }

    public void Dispose()
    {
        if (!taken) ray.Return();
        Restart();
    }

    private void Move(double step)
    {
        at = double.NaN;        // it may end on the way
        ray.MoveTo(step);
        at = step;
    }

    private double Evaluate()
    {
        var loss = objective.Again(out var buffers);
        last = (objective.Value(loss), loss, buffers);
        return last.Value.value;
    }

    private Point Differentiate()
    {
        var (value, loss, buffers) = last!.Value;
        using var scope = NewDisposeScope();
        var point = new Point(value, objective.Differentiate(loss), buffers, objective.Reduction, origin.Legs).Detach();
        last = null;
        loss.Dispose();
        return point;
    }

    private void Forget()
    {
        if (last is not var (_, loss, buffers)) return;
        last = null;
        loss.Dispose();
        foreach (var buffer in buffers) buffer.Dispose();
    }

    // A loss that is the same to the bit after a move that should change it may have been computed before the closure was called.
    private bool IsSuspect(double step)
    {
        compared = true;
        var slope = origin.Legs.Sum(leg => leg.Slope);
        return Math.Abs(step * slope) > 1e-3 * Math.Abs(origin.Value) && ray.HasMoved;
    }

    // It was, if the gradient is the same to the bit, too, and the loss elsewhere: a periodic one may be the same at one place.
    private void Compare(double step)
    {
        using var scope = NewDisposeScope();
        using var loss = objective.Again(out var buffers);
        foreach (var buffer in buffers) buffer.Dispose();
        var legs = objective.Differentiate(loss);
        if (!legs.Zip(origin.Legs).All(pair => pair.First.Gradient.equal(pair.Second.Gradient).all().item<bool>())) return;
        Forget();       // its graph ends with the move
        Move(Elsewhere * step);
        if (objective.ValueAgain() == origin.Value)
            throw objective.Wrong("the loss does not change with the parameters; the closure must compute it from them at each call, " +
                "the model's forward pass included");
        Move(step);
        if (keep) Evaluate();
    }
}
