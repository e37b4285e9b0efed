using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TorchOptimExt.Rules;
using TorchOptimExt.Tensors;
using static TorchSharp.torch;

namespace TorchOptimExt.Simd;

/// <summary>
/// Applies an update rule to many tensors in one pass over memory: each element of parameter, gradient and state is
/// read once and written once. Results are the same bits whatever the number of threads and the position in a tensor.
/// </summary>
internal sealed unsafe class FusedPass<TRule> : ParallelWork where TRule : struct, IUpdateRule
{
    // Elements that pay for further threads, and of a piece of work: small enough to balance the threads, but long runs of memory where
    // there is much.
    private const long WorthThreads = 1 << 17, ShortestPiece = 1 << 14, LongestPiece = 1 << 18;

    // Long runs are bound by the cache lines in flight (a third faster with hints on Intel); short ones lose by them.
    private const long WorthPrefetch = 1 << 14;
    private const int CacheLine = 64, Ahead = 1024;

    private Segment<TRule>[] segments = [];
    private long[] ends = [];           // of each segment, all laid end to end
    private int count;

    /// <summary>Why the last tensor was not added; null where all were.</summary>
    public string? Refused { get; private set; }

    /// <summary>Forgets all segments.</summary>
    public void Clear()
    {
        (count, Refused) = (0, null);
    }

    /// <summary>
    /// Adds a parameter with its gradient and state, or says in <see cref="Refused"/> why it cannot be visited in one pass.
    /// </summary>
    public bool Add(in TRule rule, Tensor param, Tensor grad, Tensor? first = null, Tensor? second = null, Tensor? third = null)
    {
        TensorFacts p = new(param), g = new(grad), a = new(first), b = new(second), c = new(third);
        var elements = Elements.Float32;
        Refused = OnePass.OtherShape(p, g, a, b, c) ?? OnePass.Obstacle(p, g, a, b, c, out elements);
        if (Refused is not null) return false;
        Add(new(rule, elements, p.Address, g.Address, a.Address, b.Address, c.Address, p.Length));
        return true;
    }

    /// <summary>Takes back what was added.</summary>
    /// <param name="index">What <see cref="Add(in Segment{TRule})"/> returned.</param>
    public void Drop(int index) => segments[index] = segments[index] with { Length = 0 };

    /// <summary>Adds what was checked already.</summary>
    /// <returns>Its place.</returns>
    public int Add(in Segment<TRule> segment)
    {
        if (count == segments.Length)
        {
            Array.Resize(ref segments, Math.Max(16, 2 * count));
            Array.Resize(ref ends, segments.Length);
        }
        ends[count] = Total + segment.Length;
        segments[count] = segment;
        return count++;
    }

    private long Total => count == 0 ? 0 : ends[count - 1];

    /// <summary>Visits everything that was added.</summary>
    public void Run()
    {
        var threads = get_num_threads();
        var total = Total;
        if (threads > 1 && total >= WorthThreads)
            RunPieces((int)(total / Math.Clamp(total / (4 * threads), ShortestPiece, LongestPiece)), threads);
        else foreach (ref readonly var segment in segments.AsSpan(0, count)) Visit(segment, 0, segment.Length);
        Clear();
    }

    // A piece is a range of the elements of all segments laid end to end; within a segment it begins at a cache line.
    private protected override void Piece(int piece)
    {
        var (from, to) = (Total * piece / Pieces, Total * (piece + 1) / Pieces);
        var place = ends.AsSpan(0, count).BinarySearch(from + 1);
        for (var k = place < 0 ? ~place : place; k < count; k++)
        {
            ref readonly var segment = ref segments[k];
            var start = ends[k] - segment.Length;
            if (start >= to) return;
            Visit(segment, AtCacheLine(segment, from - start), AtCacheLine(segment, to - start));
        }
    }

    private static long AtCacheLine(in Segment<TRule> segment, long element)
    {
        if (element <= 0 || element >= segment.Length) return Math.Clamp(element, 0, segment.Length);
        var bytes = segment.Elements switch { Elements.Float64 => 8, Elements.Float32 => 4, _ => 2 };
        var beyond = (segment.Param + element * bytes) % CacheLine / bytes;
        return Math.Max(element - beyond, 0);
    }

    private static void Visit(in Segment<TRule> s, long from, long to)
    {
        switch (s.Elements)
        {
            case Elements.Float32: Visit<float, float, float>(s, from, to); break;
            case Elements.Float64: Visit<double, double, double>(s, from, to); break;
            case Elements.Float16: Visit<float, Half, Half>(s, from, to); break;
            case Elements.Float16WithFloat32State: Visit<float, Half, float>(s, from, to); break;
            case Elements.BFloat16: Visit<float, BrainFloat, BrainFloat>(s, from, to); break;
            case Elements.BFloat16WithFloat32State: Visit<float, BrainFloat, float>(s, from, to); break;
        }
    }

    private static void Visit<T, M, S>(in Segment<TRule> s, long from, long to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where M : unmanaged where S : unmanaged
    {
        if (from >= to) return;
        if (Vector512.IsHardwareAccelerated) Visit<T, M, S, Vector512Lanes<T>>(s, from, to);
        else Visit<T, M, S, VectorLanes<T>>(s, from, to);
    }

    // The last few elements go through whole registers too, so that every element sees the same arithmetic.
    private static void Visit<T, M, S, V>(in Segment<TRule> s, long from, long to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where M : unmanaged where S : unmanaged where V : struct, IRegister<V, T>
    {
        var rest = (int)((to - from) % V.Count);
        if (rest == 0) Loop<T, M, S, V>(s, from, to);
        else if (to - from > V.Count) Overlapping<T, M, S, V>(s, from, to, to - rest);
        else Short<T, M, S, V>(s, from, rest);
    }

    // Whole registers up to an element, and the last ones of the range, which begin before it: read before the others are written.
    [SkipLocalsInit]
    private static void Overlapping<T, M, S, V>(in Segment<TRule> s, long from, long to, long whole)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where M : unmanaged where S : unmanaged where V : struct, IRegister<V, T>
    {
        M* last = stackalloc M[V.Count];
        S* states = stackalloc S[3 * V.Count];
        var at = to - V.Count;
        M* p = (M*)s.Param + at, g = (M*)s.Grad + at;
        S* a = At<S>(s.First, at), b = At<S>(s.Second, at), c = At<S>(s.Third, at);
        Apply<T, M, S, V>(s.Rule, p, g, a, b, c, last, states);
        Loop<T, M, S, V>(s, from, whole);
        V.Store(V.Load(last), p);
        if (a != null) V.Store(V.Load(states), a);
        if (b != null) V.Store(V.Load(states + V.Count), b);
        if (c != null) V.Store(V.Load(states + 2 * V.Count), c);
    }

    // Fewer elements than registers hold, beside zeros.
    [SkipLocalsInit]
    private static void Short<T, M, S, V>(in Segment<TRule> s, long from, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where M : unmanaged where S : unmanaged where V : struct, IRegister<V, T>
    {
        M* padded = stackalloc M[2 * V.Count];
        S* states = stackalloc S[3 * V.Count];
        Unsafe.InitBlockUnaligned(padded, 0, (uint)(2 * V.Count * sizeof(M)));
        Unsafe.InitBlockUnaligned(states, 0, (uint)(3 * V.Count * sizeof(S)));
        M* p = (M*)s.Param + from, g = (M*)s.Grad + from;
        S* a = At<S>(s.First, from), b = At<S>(s.Second, from), c = At<S>(s.Third, from);
        S* first = states, second = states + V.Count, third = states + 2 * V.Count;
        Copy(p, padded, length);
        Copy(g, padded + V.Count, length);
        Copy(a, first, length);
        Copy(b, second, length);
        Copy(c, third, length);
        Apply<T, M, S, V>(s.Rule, padded, padded + V.Count, Only(first, a), Only(second, b), Only(third, c), padded, states);
        Copy(padded, p, length);
        if (a != null) Copy(first, a, length);
        if (b != null) Copy(second, b, length);
        if (c != null) Copy(third, c, length);

        static S* Only(S* place, S* state) => state == null ? null : place;

        static void Copy<E>(E* source, E* target, int length) where E : unmanaged
        {
            if (source != null) Unsafe.CopyBlockUnaligned(target, source, (uint)(length * sizeof(E)));
        }
    }

    private static S* At<S>(nint state, long element) where S : unmanaged => state == 0 ? null : (S*)state + element;

    // One register of each, written elsewhere.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<T, M, S, V>(in TRule rule, M* p, M* g, S* a, S* b, S* c, M* param, S* states)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where M : unmanaged where S : unmanaged where V : struct, IRegister<V, T>
    {
        V first = default, second = default, third = default;
        var updated = V.Load(p);
        if (a != null) first = V.Load(a);
        if (b != null) second = V.Load(b);
        if (c != null) third = V.Load(c);
        rule.Apply(ref updated, V.Load(g), ref first, ref second, ref third);
        V.Store(updated, param);
        if (a != null) V.Store(first, states);
        if (b != null) V.Store(second, states + V.Count);
        if (c != null) V.Store(third, states + 2 * V.Count);
    }

    // One loop for each number of states, and one for states with a gap between them: what is not there costs nothing. The loops have a
    // copy of the rule of their own, to which nothing else refers, so that its numbers stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first step, too, at full speed
    private static void Loop<T, M, S, V>(in Segment<TRule> s, long from, long to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where M : unmanaged where S : unmanaged where V : struct, IRegister<V, T>
    {
        var rule = s.Rule;
        var hint = to - from >= WorthPrefetch;
        M* p = (M*)s.Param, g = (M*)s.Grad;
        S* a = (S*)s.First, b = (S*)s.Second, c = (S*)s.Third;
        var (at, last) = (from, to - V.Count);
        V param, first = default, second = default, third = default;
        if (a == null && b == null && c == null)
            for (; at <= last; at += V.Count)
            {
                if (hint) { Hint(p + at); Hint(g + at); }
                param = V.Load(p + at);
                rule.Apply(ref param, V.Load(g + at), ref first, ref second, ref third);
                V.Store(param, p + at);
            }
        else if (b == null && c == null)
            for (; at <= last; at += V.Count)
            {
                if (hint) { Hint(p + at); Hint(g + at); Hint(a + at); }
                (param, first) = (V.Load(p + at), V.Load(a + at));
                rule.Apply(ref param, V.Load(g + at), ref first, ref second, ref third);
                V.Store(param, p + at);
                V.Store(first, a + at);
            }
        else if (a != null && b != null && c == null)
            for (; at <= last; at += V.Count)
            {
                if (hint) { Hint(p + at); Hint(g + at); Hint(a + at); Hint(b + at); }
                (param, first, second) = (V.Load(p + at), V.Load(a + at), V.Load(b + at));
                rule.Apply(ref param, V.Load(g + at), ref first, ref second, ref third);
                V.Store(param, p + at);
                V.Store(first, a + at);
                V.Store(second, b + at);
            }
        else if (a != null && b != null)
            for (; at <= last; at += V.Count)
            {
                (param, first, second, third) = (V.Load(p + at), V.Load(a + at), V.Load(b + at), V.Load(c + at));
                rule.Apply(ref param, V.Load(g + at), ref first, ref second, ref third);
                V.Store(param, p + at);
                V.Store(first, a + at);
                V.Store(second, b + at);
                V.Store(third, c + at);
            }
        else
            for (; at <= last; at += V.Count)
            {
                param = V.Load(p + at);
                if (a != null) first = V.Load(a + at);
                if (b != null) second = V.Load(b + at);
                if (c != null) third = V.Load(c + at);
                rule.Apply(ref param, V.Load(g + at), ref first, ref second, ref third);
                V.Store(param, p + at);
                if (a != null) V.Store(first, a + at);
                if (b != null) V.Store(second, b + at);
                if (c != null) V.Store(third, c + at);
            }

        // Both lines that the two registers will need.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Hint(void* address)
        {
            if (!Sse.IsSupported) return;
            Sse.Prefetch0((byte*)address + Ahead);
            if (V.Count * sizeof(M) > CacheLine) Sse.Prefetch0((byte*)address + Ahead + CacheLine);
        }
    }
}
