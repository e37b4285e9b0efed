using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using static TorchSharp.torch;

namespace TorchOptimExt.Simd;

/// <summary>
/// Applies an update rule to many tensors in one pass over memory: each element of parameter, gradient and state is
/// read once and written once. Results are the same bits whatever the number of threads and the position in a tensor.
/// </summary>
internal sealed class FusedPass<TRule> : ParallelWork where TRule : struct, IUpdateRule
{
    // Elements that pay for further threads, and of a piece of work: small enough to balance the threads, but long runs of memory where there is much.
    private const long WorthThreads = 1 << 17, ShortestPiece = 1 << 14, LongestPiece = 1 << 18;

    private readonly List<Segment<TRule>> segments = [];
    private long total;

    /// <summary>Why the last tensor was not added; null where all were.</summary>
    public string? Refused { get; private set; }

    /// <summary>Forgets all segments.</summary>
    public void Clear()
    {
        segments.Clear();
        total = 0;
        Refused = null;
    }

    /// <summary>Adds a parameter with its gradient and state, or says in <see cref="Refused"/> why it cannot be visited in one pass.</summary>
    public bool Add(in TRule rule, Tensor param, Tensor grad, Tensor? first = null, Tensor? second = null, Tensor? third = null)
    {
        Refused = Obstacle(param, grad, first, second, third);
        if (Refused is not null) return false;
        var length = param.NumberOfElements;
        if (length == 0) return true;
        var isDouble = param.dtype == ScalarType.Float64;
        var bytes = length * (isDouble ? sizeof(double) : sizeof(float));
        segments.Add(new(rule, isDouble, Address(param, bytes), Address(grad, bytes), Address(first, bytes), Address(second, bytes), Address(third, bytes), length));
        total += length;
        return true;
    }

    /// <summary>Visits everything that was added.</summary>
    public void Run()
    {
        var threads = get_num_threads();
        if (threads > 1 && total >= WorthThreads) RunPieces((int)(total / Math.Clamp(total / (4 * threads), ShortestPiece, LongestPiece)), threads);
        else foreach (ref readonly var segment in CollectionsMarshal.AsSpan(segments)) Visit(segment, 0, segment.Length);
        Clear();
    }

    // A piece is a range of the elements of all segments laid end to end.
    private protected override void Piece(int piece)
    {
        var from = total * piece / Pieces;
        var to = total * (piece + 1) / Pieces;
        foreach (ref readonly var segment in CollectionsMarshal.AsSpan(segments))
        {
            if (to <= 0) return;
            if (from < segment.Length) Visit(segment, Math.Max(from, 0), Math.Min(to, segment.Length));
            from -= segment.Length;
            to -= segment.Length;
        }
    }

    /// <summary>Why a parameter cannot be visited in one pass, whatever its gradient and state are; null where they decide.</summary>
    public static string? Obstacle(Tensor param)
    {
        var dtype = param.dtype;
        if (dtype is not (ScalarType.Float32 or ScalarType.Float64)) return $"its dtype is {dtype}, not Float32 or Float64";
        if (param.device_type != TorchSharp.DeviceType.CPU) return $"it is on {param.device}, not on the CPU";
        return param.is_contiguous() ? null : "it is not contiguous";
    }

    private static string? Obstacle(Tensor param, Tensor grad, Tensor? first, Tensor? second, Tensor? third)
    {
        if (Obstacle(param) is { } obstacle) return obstacle;
        var dtype = param.dtype;
        if (grad.is_sparse) return "its gradient is sparse";
        return ObstacleOf(grad, "gradient", param, dtype)
            ?? (first is null ? null : ObstacleOf(first, "state", param, dtype))
            ?? (second is null ? null : ObstacleOf(second, "state", param, dtype))
            ?? (third is null ? null : ObstacleOf(third, "state", param, dtype));
    }

    private static string? ObstacleOf(Tensor tensor, string what, Tensor param, ScalarType dtype)
    {
        if (tensor.dtype != dtype) return $"its {what} is {tensor.dtype}, not {dtype}";
        if (tensor.device_type != TorchSharp.DeviceType.CPU) return $"its {what} is on {tensor.device}, not on the CPU";
        if (!tensor.is_contiguous()) return $"its {what} is not contiguous";
        return Shapes.Equal(tensor, param) ? null : $"its {what} has shape [{string.Join(", ", tensor.shape)}], not [{string.Join(", ", param.shape)}]";
    }

    private static nint Address(Tensor? tensor, long bytes) => tensor is null ? 0 : TensorMemory.Address(tensor, bytes);

    private static void Visit(in Segment<TRule> segment, long from, long to)
    {
        if (Vector512.IsHardwareAccelerated && segment.IsDouble) Visit<double, Vector512Lanes<double>>(segment, from, to);
        else if (Vector512.IsHardwareAccelerated) Visit<float, Vector512Lanes<float>>(segment, from, to);
        else if (segment.IsDouble) Visit<double, VectorLanes<double>>(segment, from, to);
        else Visit<float, VectorLanes<float>>(segment, from, to);
    }

    // The loop has a copy of the rule of its own: nothing else refers to it, so that its numbers stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first step, too, at full speed
    private static unsafe void Visit<T, V>(in Segment<TRule> s, long from, long to) where T : unmanaged, IBinaryFloatingPointIeee754<T> where V : struct, IRegister<V, T>
    {
        var rule = s.Rule;
        T* p = (T*)s.Param, g = (T*)s.Grad, a = (T*)s.First, b = (T*)s.Second, c = (T*)s.Third;
        var at = from;
        for (; at <= to - V.Count; at += V.Count)
            Register<T, V>(rule, p + at, g + at, a == null ? null : a + at, b == null ? null : b + at, c == null ? null : c + at);
        if (at < to) Tail<T, V>(s.Rule, p + at, g + at, a == null ? null : a + at, b == null ? null : b + at, c == null ? null : c + at, (int)(to - at));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Register<T, V>(in TRule rule, T* p, T* g, T* a, T* b, T* c) where T : unmanaged, IBinaryFloatingPointIeee754<T> where V : struct, IRegister<V, T>
    {
        var param = V.Load(p);
        V first = default, second = default, third = default;
        if (a != null) first = V.Load(a);
        if (b != null) second = V.Load(b);
        if (c != null) third = V.Load(c);
        rule.Apply(ref param, V.Load(g), ref first, ref second, ref third);
        V.Store(param, p);
        if (a != null) V.Store(first, a);
        if (b != null) V.Store(second, b);
        if (c != null) V.Store(third, c);
    }

    // The last few elements go through a whole register too, so that every element sees the same arithmetic.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Tail<T, V>(in TRule rule, T* p, T* g, T* a, T* b, T* c, int n) where T : unmanaged, IBinaryFloatingPointIeee754<T> where V : struct, IRegister<V, T>
    {
        var width = V.Count;
        var padded = stackalloc T[5 * width];
        new Span<T>(padded, 5 * width).Clear();
        T* pp = padded, pg = pp + width, pa = pg + width, pb = pa + width, pc = pb + width;
        Copy(p, pp);
        Copy(g, pg);
        if (a != null) Copy(a, pa);
        if (b != null) Copy(b, pb);
        if (c != null) Copy(c, pc);
        Register<T, V>(rule, pp, pg, a == null ? null : pa, b == null ? null : pb, c == null ? null : pc);
        Copy(pp, p);
        if (a != null) Copy(pa, a);
        if (b != null) Copy(pb, b);
        if (c != null) Copy(pc, c);

        void Copy(T* source, T* target) => new Span<T>(source, n).CopyTo(new Span<T>(target, n));
    }
}
