using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.FirstOrder;

/// <summary>
/// The optimizers that TorchSharp lacks, one element after the other in the parameters' own precision, as their papers
/// print them: what ours are compared with.
/// </summary>
internal sealed class ByElement(IReadOnlyList<Parameter> parameters, IElementUpdate update)
{
    private readonly Array[] memories = new Array[parameters.Count];
    private double last = double.NaN;
    private int step;

    public void Step(Tensor loss)
    {
        step++;
        var now = loss.ToDouble();
        using var quiet = no_grad();
        for (var k = 0; k < parameters.Count; k++)
        {
            if (parameters[k].dtype == ScalarType.Float64) Step<double>(k, now > last);
            else Step<float>(k, now > last);
        }
        last = now;
    }

    private void Step<T>(int k, bool rose) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scope = NewDisposeScope();
        if (parameters[k].grad is not { } grad) return;
        T[] x = [.. parameters[k].contiguous().data<T>()], g = [.. grad.contiguous().data<T>()];
        var memory = (T[])(memories[k] ??= new T[3 * x.Length]);
        for (var i = 0; i < x.Length; i++) x[i] = update.Next(step, x[i], g[i], rose, memory.AsSpan(3 * i, 3));
        var next = empty(parameters[k].shape, parameters[k].dtype);
        x.CopyTo(MemoryMarshal.Cast<byte, T>(next.bytes));
        parameters[k].copy_(next);
    }
}

internal interface IElementUpdate
{
    /// <summary>The new value of an element.</summary>
    /// <param name="step">Counts from 1.</param>
    /// <param name="x">The element.</param>
    /// <param name="g">Its gradient.</param>
    /// <param name="rose">Whether the loss is larger than a step ago.</param>
    /// <param name="m">Three numbers that it keeps, first 0.</param>
    T Next<T>(int step, T x, T g, bool rose, Span<T> m) where T : IBinaryFloatingPointIeee754<T>;
}

internal sealed record EwmaMomentumByElement(double Lr, double Beta = 0.9, bool BiasCorrection = false) : IElementUpdate
{
    public T Next<T>(int step, T x, T g, bool rose, Span<T> m) where T : IBinaryFloatingPointIeee754<T>
    {
        m[0] = T.CreateChecked(Beta) * m[0] + T.CreateChecked(1 - Beta) * g;
        return x - T.CreateChecked(BiasCorrection ? Lr / (1 - Math.Pow(Beta, step)) : Lr) * m[0];
    }
}

/// <summary>What both Rprops have: the previous gradient, the step size, the last change of x, in this order.</summary>
internal abstract record RpropByElement(double Lr) : IElementUpdate
{
    private const double Shrink = 0.5, Grow = 1.2, Least = 1e-6, Most = 50;

    public T Next<T>(int step, T x, T g, bool rose, Span<T> m) where T : IBinaryFloatingPointIeee754<T>
    {
        if (step == 1) m[1] = T.CreateChecked(Lr);
        var direction = T.Sign(m[0] * g);
        if (direction > 0) m[1] *= T.CreateChecked(Grow);
        if (direction < 0) m[1] *= T.CreateChecked(Shrink);
        m[1] = T.Clamp(m[1], T.CreateChecked(Least), T.CreateChecked(Most));
        return Move(direction, x, g, rose, m);
    }

    protected abstract T Move<T>(int direction, T x, T g, bool rose, Span<T> m) where T : IBinaryFloatingPointIeee754<T>;
}

/// <summary>Igel and Hüsken 2000, figure 2.</summary>
internal sealed record RpropMinusByElement(double Lr) : RpropByElement(Lr)
{
    protected override T Move<T>(int direction, T x, T g, bool rose, Span<T> m)
    {
        m[0] = g;
        return x - T.CreateChecked(T.Sign(g)) * m[1];
    }
}

/// <summary>Igel and Hüsken 2000, figure 1; Igel and Hüsken 2003, table 2, where only a loss that rose takes a step back.</summary>
internal sealed record RpropPlusByElement(double Lr, bool Always) : RpropByElement(Lr)
{
    protected override T Move<T>(int direction, T x, T g, bool rose, Span<T> m)
    {
        if (direction < 0)
        {
            m[0] = T.Zero;
            return Always || rose ? x - m[2] : x;
        }
        m[0] = g;
        m[2] = -T.CreateChecked(T.Sign(g)) * m[1];
        return x + m[2];
    }
}

/// <summary>As L. Liu et al. print it (algorithm 2), with PyTorch's place of ε.</summary>
internal sealed record RAdamByElement(double Lr, double Beta1 = 0.9, double Beta2 = 0.999, double Eps = 1e-8) : IElementUpdate
{
    public T Next<T>(int step, T x, T g, bool rose, Span<T> m) where T : IBinaryFloatingPointIeee754<T>
    {
        m[0] = T.CreateChecked(Beta1) * m[0] + T.CreateChecked(1 - Beta1) * g;
        m[1] = T.CreateChecked(Beta2) * m[1] + T.CreateChecked(1 - Beta2) * g * g;
        var mean = m[0] / T.CreateChecked(1 - Math.Pow(Beta1, step));
        double longest = 2 / (1 - Beta2) - 1, length = longest - 2 * step * Math.Pow(Beta2, step) / (1 - Math.Pow(Beta2, step));
        if (length <= 5) return x - T.CreateChecked(Lr) * mean;
        var rectification = Math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
        var adaptive = T.CreateChecked(Math.Sqrt(1 - Math.Pow(Beta2, step))) / (T.Sqrt(m[1]) + T.CreateChecked(Eps));
        return x - T.CreateChecked(Lr * rectification) * mean * adaptive;
    }
}
