using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchOptimExt.Parameters;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Training;

/// <summary>One optimizer step on a batch, with the closure that the optimizer at hand calls for, once or many times.</summary>
internal sealed class BatchStep(optim.Optimizer optimizer, IReadOnlyList<Parameter> parameters, ModuleCall call,
    double? maxGradientNorm)
{
    private readonly bool lossOnly = optimizer is ILossOnlyClosure;

    /// <summary>Steps, and gives loss and metric of before, or what a search without gradients says of its evaluations.</summary>
    /// <exception cref="TrainingDivergedException">The loss is NaN or infinite, also where the optimizer looked away from here.</exception>
    internal (double loss, (double sum, long count) metric) Run(int epoch, int batch, Func<(Tensor loss, (double sum,
        long count) metric)> evaluate)
    {
        (double loss, (double sum, long count) metric)? first = null;
        double? broken = null;
        try
        {
            using var last = Step(Closure);
            if (!lossOnly) return first!.Value;
            return double.IsFinite(last.ToDouble()) ? (last.ToDouble(), first!.Value.metric) : throw Diverged(last.ToDouble());
        }
        catch (InvalidOperationException e) when (broken is not null && e is not TrainingDivergedException)
        {
            throw Diverged(broken.Value, e);
        }

        Tensor Closure()
        {
            if (!lossOnly) optimizer.zero_grad();
            var (loss, metric) = evaluate();
            var value = loss.ToDouble();
            first ??= (value, metric);
            if (!double.IsFinite(value)) broken = value;
            if (lossOnly) return loss;
            if (broken is not null) throw Diverged(value);
            Backward(loss);
            call.BackwardDone();
            if (maxGradientNorm is { } norm) nn.utils.clip_grad_norm_(parameters, norm);
            return loss;
        }

        TrainingDivergedException Diverged(double loss, Exception? cause = null) => new(epoch, batch, loss,
            optimizer.ParamGroups.First().LearningRate, cause);
    }

    private static void Backward(Tensor loss)
    {
        try { loss.backward(); }
        catch (ExternalException e)
        {
            throw new InvalidOperationException("The loss has no gradient: TorchTrainerOptions.Loss and the module must compute it by "
                + "tensor operations that torch can "
                + $"differentiate, with at least one parameter that requires a gradient. {e.Message.Split('\n')[0]}", e);
        }
    }

    private Tensor Step(Func<Tensor> closure)
    {
        if (optimizer is OptimizerHelper) return optimizer.step(closure);

        // LBFGS calls the closure out of libtorch, whose frames no exception may cross.
        ExceptionDispatchInfo? failure = null;
        var loss = optimizer.step(() =>
        {
            if (failure is not null) return tensor(float.NaN);
            try { return closure(); }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
                return tensor(float.NaN);
            }
        });
        if (failure is null) return loss;
        loss.Dispose();
        failure.Throw();
        throw failure.SourceException;
    }
}
