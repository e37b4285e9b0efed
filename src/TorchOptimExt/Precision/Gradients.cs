using TorchOptimExt.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchOptimExt.Precision;

/// <summary>The gradients of an optimizer's parameters, in the order of its groups. Sparse ones count by their values: those that a sparse
/// gradient has for one place are added first.</summary>
internal sealed class Gradients : IDisposable
{
    private readonly List<Tensor> owned = [];

    /// <summary>The gradients as dense tensors that share their memory.</summary>
    public List<Tensor> Dense { get; } = [];

    public int Count => Dense.Count;

    /// <exception cref="InvalidOperationException">A gradient is float16 and those are refused.</exception>
    public static Gradients Of(Optimizer optimizer, bool refuseHalf = false)
    {
        var gradients = new Gradients();
        foreach (var parameter in optimizer.parameters())
        {
            if (parameter.grad is not { } grad) continue;
            gradients.owned.Add(grad);
            if (refuseHalf && grad.dtype == ScalarType.Float16)
            {
                gradients.Dispose();
                throw new InvalidOperationException(
                    "Attempting to unscale FP16 gradients. Keep the parameters in float32 and cast to float16 in the forward pass.");
            }
            gradients.Dense.Add(grad.is_sparse ? gradients.ValuesOf(parameter, grad) : grad);
        }
        return gradients;
    }

    private Tensor ValuesOf(TorchSharp.Modules.Parameter parameter, Tensor grad)
    {
        using var quiet = no_grad();
        var single = SparseOperators.Coalesced(grad);
        parameter.grad = single;
        var values = single.SparseValues;
        owned.AddRange([single, values]);
        return values;
    }

    /// <summary>
    /// Reads all gradients of an optimizer once, without objects for those that lie in the CPU's memory as numbers of float32 or float64.
    /// </summary>
    /// <returns>How many there are, the sum of their squares, and whether all are finite.</returns>
    /// <exception cref="InvalidOperationException">A gradient is float16 and those are refused.</exception>
    public static (int Count, double SumOfSquares, bool Finite) Survey(Optimizer optimizer, bool refuseHalf = false)
    {
        if (!NativeTensor.Available)
        {
            using var all = Of(optimizer, refuseHalf);
            var found = all.Survey();
            return (all.Count, found.SumOfSquares, found.Finite);
        }
        var (survey, count) = (new GradientSurvey(), 0);
        foreach (var parameter in optimizer.parameters())
        {
            var grad = NativeTensor.Gradient(parameter.Handle);
            if (grad == 0) continue;
            count++;
            var taken = survey.TryAdd(grad);
            NativeTensor.Release(grad);         // the parameter holds it
            if (taken) continue;
            using var rest = Of(optimizer, refuseHalf);
            var (squares, allFinite) = rest.Survey();
            return (rest.Count, squares, allFinite);
        }
        var (sum, finite) = survey.Run();
        return (count, sum, finite);
    }

    /// <summary>Reads all once: the sum of their squares, and whether all are finite.</summary>
    public (double SumOfSquares, bool Finite) Survey()
    {
        var (survey, others) = (new GradientSurvey(), new List<Tensor>());
        foreach (var grad in Dense)
            if (!NativeTensor.Available || !survey.TryAdd(grad.Handle)) others.Add(grad);
        var (sum, finite) = survey.Run();
        foreach (var device in others.GroupBy(grad => (grad.device_type, grad.device_index)))
        {
            var (squares, allFinite) = SurveyByTensors([.. device]);
            (sum, finite) = (sum + squares, finite && allFinite);
        }
        return (sum, finite);
    }

    // Asks a device once, whatever the number of gradients.
    private static (double SumOfSquares, bool Finite) SurveyByTensors(List<Tensor> grads)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var sum = stack(grads.Select(grad => Wide(grad).norm())).square().sum().item<double>();
        return (sum, double.IsFinite(sum) || grads.TrueForAll(grad => grad.isfinite().all().item<bool>()));
    }

    /// <summary>The norm of all together.</summary>
    public double Norm(double p)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        if (double.IsPositiveInfinity(p))
            return Dense.Count == 0 ? 0 : Dense.Select(grad => grad.numel() == 0 ? 0 : Wide(grad).abs().max().item<double>())
                .Aggregate(0.0, Math.Max);
        var norm = NormOver(1);
        // powers that leave the range of float64 are taken of fractions of the largest
        return norm == 0 || double.IsPositiveInfinity(norm) ? Norm(double.PositiveInfinity) is > 0 and < double.PositiveInfinity and var max
            ? max * NormOver(max) : norm : norm;

        double NormOver(double unit) => Math.Pow(Dense.Sum(grad => (Wide(grad).abs() / unit).pow(p).sum().item<double>()), 1 / p);
    }

    public void Multiply(double factor) => Each(grad => grad.mul_(factor));

    /// <exception cref="InvalidOperationException">A gradient is complex; nothing is changed.</exception>
    public void Clamp(double value)
    {
        if (Dense.Exists(grad => grad.is_complex())) throw new InvalidOperationException(
            "Complex gradients have no order to be clipped by value in: clip by norm.");
        Each(grad =>
        {
            if (double.IsInfinity(value) || value <= finfo(grad.dtype).max) grad.clamp_(-value, value);
        });
    }

    private void Each(Action<Tensor> change)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        Dense.ForEach(change);
    }

    private static Tensor Wide(Tensor grad) =>
        grad.is_complex() ? grad.abs().to_type(ScalarType.Float64) : grad.to_type(ScalarType.Float64);

    public void Dispose() => owned.ForEach(grad => grad.Dispose());
}
