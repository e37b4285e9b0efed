using System.Diagnostics;
using CompareOptimizers.Registry;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.optim;

namespace CompareOptimizers.Training;

/// <summary>A model and the optimizer that trains it, with a stopwatch.</summary>
internal sealed class Trainee(Module<Tensor, Tensor> model, Objective objective, Func<IEnumerable<Parameter>, Optimizer> make, Closure closure) : IDisposable
{
    private const int EvaluationBatch = 5000;
    private readonly Optimizer optimizer = make(model.parameters());
    private readonly List<double> stepSeconds = [];
    private readonly List<double> optimizerSeconds = [];

    public Optimizer Optimizer => optimizer;

    /// <summary>Seconds spent in all steps: forward, backward and the optimizer.</summary>
    public double Seconds { get; private set; }

    public int Steps => optimizerSeconds.Count;

    /// <summary>The median of the milliseconds that a step takes.</summary>
    public double StepMilliseconds => 1000 * Median(stepSeconds);

    /// <summary>The median of the milliseconds that a step takes outside of its closure.</summary>
    public double OptimizerMilliseconds => 1000 * Median(optimizerSeconds);

    /// <summary>One step on these examples. Returns the loss that its closure found first.</summary>
    public double Step(Examples batch)
    {
        var (first, insideClosure) = ((double?)null, 0.0);
        var start = Stopwatch.GetTimestamp();
        optimizer.step(() =>
        {
            var start = Stopwatch.GetTimestamp();
            var loss = closure == Closure.CallsBackward ? LossAndGradients(batch) : Loss(batch);
            first ??= loss.ToDouble();
            insideClosure += Stopwatch.GetElapsedTime(start).TotalSeconds;
            return loss;
        });
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Seconds += seconds;
        stepSeconds.Add(seconds);
        optimizerSeconds.Add(seconds - insideClosure);
        return first ?? double.NaN;
    }

    /// <summary>Mean loss and score.</summary>
    public (double loss, double score) Evaluate(Examples examples)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        model.eval();
        var (loss, sum) = (0.0, 0.0);
        for (var start = 0; start < examples.Count; start += EvaluationBatch)
        {
            var count = Math.Min(EvaluationBatch, examples.Count - start);
            var targets = examples.Targets.narrow(0, start, count);
            var outputs = model.forward(examples.Inputs.narrow(0, start, count));
            loss += objective.Loss(outputs, targets).ToDouble() * count;
            sum += objective.Sum(outputs, targets);
        }
        model.train();
        return (loss / examples.Count, objective.Score(sum, examples.Targets));
    }

    /// <summary>The largest difference between a weight of this model and of another.</summary>
    public double LargestDifference(Trainee other)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return model.parameters().Zip(other.Parameters, (mine, theirs) => (mine - theirs).abs().max().ToDouble()).Max();
    }

    private IEnumerable<Parameter> Parameters => model.parameters();

    private Tensor Loss(Examples batch) => objective.Loss(model.forward(batch.Inputs), batch.Targets);

    private Tensor LossAndGradients(Examples batch)
    {
        optimizer.zero_grad();
        var loss = Loss(batch);
        loss.backward();
        return loss;
    }

    private static double Median(List<double> values)
    {
        if (values.Count == 0)
            return double.NaN;
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    public void Dispose()
    {
        optimizer.Dispose();
        model.Dispose();
    }
}
