using TorchOptimExt.Rules;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Tensors;

/// <summary>
/// Lanes that are the elements of a tensor on any device, of any floating-point dtype and any strides, or one number.
/// Nothing here reads a value back to the host. Every operation makes a new tensor, in the open dispose scope: use it inside one.
/// </summary>
public readonly struct TensorLanes : ILanes<TensorLanes>
{
    private readonly Tensor? tensor;
    private readonly double number;
    private readonly ScalarType? compared;      // of a condition: the dtype of what was compared

    /// <summary>Creates lanes of the elements of a tensor, which is never changed.</summary>
    /// <param name="tensor">The tensor; it stays the caller's.</param>
    public TensorLanes(Tensor tensor) => this.tensor = tensor;
    private TensorLanes(double number) => this.number = number;
    private TensorLanes(Tensor mask, ScalarType compared) => (tensor, this.compared) = (mask, compared);

    /// <summary>Writes the elements into a tensor.</summary>
    /// <param name="target">Where to write, of the same shape; the elements are rounded to its dtype.</param>
    public void Store(Tensor target)
    {
        if (tensor is null) target.fill_(Fit(target, number));
        else target.copy_(tensor);
    }

    /// <inheritdoc/>
    public static implicit operator TensorLanes(double number) => new(number);

    /// <inheritdoc/>
    public static TensorLanes operator +(TensorLanes a, TensorLanes b) => (a.tensor, b.tensor) switch
    {
        ({ } s, { } t) => new(s.add(t)),
        ({ } s, null) => With(s, b.number, static (s, x) => s.add(x)),
        (null, { } t) => With(t, a.number, static (t, x) => t.add(x)),
        _ => new(a.number + b.number),
    };

    /// <inheritdoc/>
    public static TensorLanes operator -(TensorLanes a, TensorLanes b) => (a.tensor, b.tensor) switch
    {
        ({ } s, { } t) => new(s.sub(t)),
        ({ } s, null) => With(s, b.number, static (s, x) => s.sub(x)),
        (null, { } t) => With(t, a.number, static (t, x) => t.neg().add_(x)),
        _ => new(a.number - b.number),
    };

    /// <inheritdoc/>
    public static TensorLanes operator *(TensorLanes a, TensorLanes b) => (a.tensor, b.tensor) switch
    {
        ({ } s, { } t) => new(s.mul(t)),
        ({ } s, null) => With(s, b.number, static (s, x) => s.mul(x)),
        (null, { } t) => With(t, a.number, static (t, x) => t.mul(x)),
        _ => new(a.number * b.number),
    };

    /// <inheritdoc/>
    public static TensorLanes operator /(TensorLanes a, TensorLanes b) => (a.tensor, b.tensor) switch
    {
        ({ } s, { } t) => new(s.div(t)),
        ({ } s, null) => With(s, b.number, static (s, x) => s.div(x)),
        (null, { } t) => With(t, a.number, static (t, x) => full_like(t, x).div_(t)),
        _ => new(a.number / b.number),
    };

    /// <inheritdoc/>
    public static TensorLanes operator -(TensorLanes a) => a.tensor is { } t ? new(t.neg()) : new(-a.number);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Both are numbers.</exception>
    public static TensorLanes operator >(TensorLanes a, TensorLanes b) => a.Compare(b, static (s, t) => s.gt(t), static (s, x) => s.gt(x));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Both are numbers.</exception>
    public static TensorLanes operator <(TensorLanes a, TensorLanes b) => a.Compare(b, static (s, t) => s.lt(t), static (s, x) => s.lt(x));

    /// <inheritdoc/>
    public static TensorLanes Sqrt(TensorLanes a) => a.tensor is { } t ? new(t.sqrt()) : new(Math.Sqrt(a.number));

    /// <inheritdoc/>
    public static TensorLanes MultiplyAdd(TensorLanes a, TensorLanes b, TensorLanes addend) => (a.tensor, b.tensor, addend.tensor) switch
    {
        ({ } s, { } t, { } u) => With(u, 1, (u, one) => u.addcmul(s, t, one)),
        (null, null, _) => addend + new TensorLanes(a.number * b.number),
        _ => addend + a * b,
    };

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Both are numbers.</exception>
    public static TensorLanes Min(TensorLanes a, TensorLanes b) => new(a.Whole(b).minimum(b.Whole(a)));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Both are numbers.</exception>
    public static TensorLanes Max(TensorLanes a, TensorLanes b) => new(a.Whole(b).maximum(b.Whole(a)));

    /// <inheritdoc/>
    public static TensorLanes Sign(TensorLanes a) => a.tensor is { } t ? new(t.sign()) : new(a.number > 0 ? 1 : a.number < 0 ? -1 : 0);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The condition does not come from a comparison.</exception>
    public static TensorLanes Where(TensorLanes condition, TensorLanes yes, TensorLanes no)
    {
        if (condition is not { tensor: { } mask, compared: { } dtype })
            throw new ArgumentException("A condition comes from a comparison with a tensor.", nameof(condition));
        return new(where(mask, yes.Like(mask, dtype), no.Like(mask, dtype)));
    }

    private TensorLanes Compare(TensorLanes other, Func<Tensor, Tensor, Tensor> tensors, Func<Tensor, Scalar, Tensor> withNumber)
    {
        var left = Whole(other);
        return new(other.tensor is { } right ? tensors(left, right) : With(left, other.number, withNumber).tensor!, left.dtype);
    }

    private Tensor Whole(TensorLanes other) =>
        tensor ?? Like(other.tensor ?? throw new ArgumentException("One of the two must be a tensor."));

    private Tensor Like(Tensor other) => With(other, number, static (other, x) => full_like(other, x)).tensor!;

    private Tensor Like(Tensor mask, ScalarType dtype) =>
        tensor ?? full([], dtype == ScalarType.Float64 ? number : (float)number, dtype, mask.device);

    // TorchSharp's operators do not keep alive a scalar that is converted on the way: its finalizer can run while libtorch reads it.
    private static TensorLanes With(Tensor tensor, double number, Func<Tensor, Scalar, Tensor> operation)
    {
        using Scalar scalar = Fit(tensor, number);
        return new(operation(tensor, scalar));
    }

    // Rounded as a register rounds it: what is too large is infinite, which libtorch refuses to do by itself.
    private static double Fit(Tensor tensor, double number) => tensor.dtype == ScalarType.Float32 ? (float)number : number;
}
