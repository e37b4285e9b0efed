using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Simd;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// Writes target = source + scale · Σ weight · δ for many tensors in one pass over memory. The deviates δ are made where
/// they are added and never stored, and the results are the same bits whatever the number of threads.
/// </summary>
/// <remarks>
/// The other end of a direction is the first one's mirror image, source − (target − source). Where the first end still stands in the
/// targets, as after an evaluation that wrote to no parameter, no deviate need be made for it: a check value of the bits, which costs
/// nothing beside the deviates, tells.
/// </remarks>
internal sealed class RandomSearchPass : ParallelWork
{
    // Tiles that one piece of work has; with a pair of directions some 50 µs.
    private const long PieceTiles = 64;

    private List<Segment> segments = [], before = [];
    private readonly List<(Tensor target, Tensor source, int parameter, double scale)> onTensors = [];
    private long tiles;
    private double[]? squares;
    private Work work;
    private ulong check;
    private (long seed, long step, int direction, ulong check)? standing;       // the first end that the last run wrote
    private Threefry generator;
    private (int direction, double weight)[] terms = [];
    private int termCount;

    private enum Work { Add, AddAndMirror, Mirror }

    private readonly record struct Segment(nint Target, nint Source, bool IsDouble, long Length, int Parameter, double Scale);

    /// <summary>How many threads a run may use at most, besides libtorch's own limit.</summary>
    public int MostThreads { get; init; } = int.MaxValue;

    /// <summary>Forgets all tensors and directions and begins anew.</summary>
    public void Begin(long seed, long step)
    {
        generator = GaussianNoise.Generator(seed, step);
        segments.Clear();
        onTensors.Clear();
        (tiles, termCount) = (0, 0);
    }

    /// <summary>Adds a direction and its weight.</summary>
    public void AddDirection(int direction, double weight)
    {
        if (termCount == terms.Length) Array.Resize(ref terms, Math.Max(8, 2 * termCount));
        terms[termCount++] = (direction, weight);
    }

    /// <summary>Adds a tensor, which may be its own source.</summary>
    /// <param name="target">What is written.</param>
    /// <param name="source">What is added to, of the same shape and dtype.</param>
    /// <param name="parameter">The place of the parameter among all.</param>
    /// <param name="scale">What the weights are multiplied with.</param>
    public void Add(Tensor target, Tensor source, int parameter, double scale)
    {
        var length = target.NumberOfElements;
        if (length == 0) return;
        if (!IsPlain(target) || !IsPlain(source))
        {
            onTensors.Add((target, source, parameter, scale));
            return;
        }
        segments.Add(new(TensorMemory.Address(target), TensorMemory.Address(source), target.dtype == ScalarType.Float64, length, parameter,
            scale));
        tiles += TilesOf(length);
    }

    /// <summary>Writes one end of a direction, of weight 1, everywhere.</summary>
    /// <param name="seed">The seed of the search.</param>
    /// <param name="perturbation">Which direction, and which of its ends.</param>
    /// <param name="add">Adds the tensors.</param>
    public void Run(long seed, Perturbation perturbation, Action<RandomSearchPass> add)
    {
        var (step, direction, sign) = perturbation;
        var first = standing is { } end && end == (seed, step, direction, end.check) ? standing : null;
        (segments, before, standing) = (before, segments, null);
        Begin(seed, step);
        AddDirection(direction, 1);
        add(this);
        if (sign > 0)
        {
            Run(Work.Add);
            standing = (seed, step, direction, check);
        }
        else if (first is null || !Mirrored(first.Value.check)) Run(Work.AddAndMirror);
    }

    // Whether the targets held the first end still; what they have is of no use where they did not.
    private bool Mirrored(ulong expected)
    {
        if (onTensors.Count > 0 || !segments.SequenceEqual(before)) return false;
        Run(Work.Mirror);
        return check == expected;
    }

    private void Run(Work work)
    {
        (this.work, squares, check) = (work, null, 0);
        Visit();
        using var quiet = no_grad();
        foreach (var (target, source, parameter, scale) in onTensors)
        {
            using var scope = NewDisposeScope();
            var sum = Sum(source, Change(source, parameter, scale));
            target.copy_(work == Work.Add ? sum : MirrorImage(source, sum));
        }
    }

    /// <summary>Visits everything that was added. What tensor operations compute is there before anything is written: they may run out of
    /// memory.</summary>
    /// <returns>The Euclidean norm of what was added to the sources.</returns>
    public double RunMeasured()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var moved = onTensors.ConvertAll(Moved);
        (work, squares) = (Work.Add, new double[(tiles + PieceTiles - 1) / PieceTiles]);
        Visit();
        foreach (var (one, (sum, _)) in onTensors.Zip(moved)) one.target.copy_(sum);
        return Math.Sqrt(squares.Sum() + moved.Sum(m => m.square));
    }

    private (Tensor sum, double square) Moved((Tensor target, Tensor source, int parameter, double scale) one)
    {
        using var scope = NewDisposeScope();
        var change = Change(one.source, one.parameter, one.scale);
        return (Sum(one.source, change).MoveToOuterDisposeScope(), change.to(ScalarType.Float64).square().sum().ToDouble());
    }

    private void Visit()
    {
        var pieces = (int)((tiles + PieceTiles - 1) / PieceTiles);
        RunPieces(pieces, Math.Clamp(pieces / 2, 1, Math.Min(MostThreads, get_num_threads())));
    }

    // A piece is a range of the tiles of all segments laid end to end.
    private protected override void Piece(int piece)
    {
        var from = piece * PieceTiles;
        var to = Math.Min(from + PieceTiles, tiles);
        double sum = 0;
        ulong bits = 0;
        foreach (ref readonly var segment in CollectionsMarshal.AsSpan(segments))
        {
            if (to <= 0) break;
            var count = TilesOf(segment.Length);
            for (var tile = Math.Max(from, 0); tile < Math.Min(to, count); tile++)
                sum += segment.IsDouble ? Visit<double>(segment, tile, ref bits) : Visit<float>(segment, tile, ref bits);
            from -= count;
            to -= count;
        }
        if (squares is not null) squares[piece] = sum;
        else Interlocked.Add(ref check, bits);
    }

    private static long TilesOf(long length) => (length + GaussianNoise.Tile - 1) / GaussianNoise.Tile;

    [SkipLocalsInit]
    private unsafe double Visit<T>(in Segment segment, long tile, ref ulong bits) where T : unmanaged, INumber<T>
    {
        var at = tile * GaussianNoise.Tile;
        var length = (int)Math.Min(GaussianNoise.Tile, segment.Length - at);
        T* target = (T*)segment.Target + at, source = (T*)segment.Source + at;
        if (work == Work.Mirror)
        {
            bits += CheckValue.Of(target, source, length, segment.Parameter, tile);
            Mirror(target, source, length);
            return 0;
        }
        var change = stackalloc T[GaussianNoise.Tile];
        Fill(change, segment, tile);
        Apply(target, source, change, length);
        if (squares is not null) return SumOfSquares(change, length);
        if (work == Work.AddAndMirror) Mirror(target, source, length);
        else bits += CheckValue.Of(target, source, length, segment.Parameter, tile);
        return 0;
    }

    [SkipLocalsInit]
    private unsafe void Fill<T>(T* change, in Segment segment, long tile) where T : unmanaged, INumber<T>
    {
        new Span<T>(change, GaussianNoise.Tile).Clear();
        var noise = stackalloc float[GaussianNoise.Tile];
        foreach (var (direction, weight) in terms.AsSpan(0, termCount))
        {
            GaussianNoise.FillTile(ref *noise, generator, tile, direction, segment.Parameter);
            var scaled = T.CreateTruncating(weight * segment.Scale);
            if (typeof(T) == typeof(double)) AddScaled((double*)change, noise, (double)(object)scaled);
            else AddScaled((float*)change, noise, (float)(object)scaled);
        }
    }

    private static unsafe void AddScaled(float* change, float* noise, float weight)
    {
        for (var k = 0; k < GaussianNoise.Tile; k += Vector<float>.Count)
            (Vector.Load(change + k) + Vector.Load(noise + k) * weight).Store(change + k);
    }

    private static unsafe void AddScaled(double* change, float* noise, double weight)
    {
        for (var k = 0; k < GaussianNoise.Tile; k += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(noise + k), out var low, out var high);
            (Vector.Load(change + k) + low * weight).Store(change + k);
            var other = change + k + Vector<double>.Count;
            (Vector.Load(other) + high * weight).Store(other);
        }
    }

    // The last few elements one by one: an addition rounds the same there as in a register.
    private static unsafe void Apply<T>(T* target, T* source, T* change, int length) where T : unmanaged, INumber<T>
    {
        var k = 0;
        for (; k <= length - Vector<T>.Count; k += Vector<T>.Count) (Vector.Load(source + k) + Vector.Load(change + k)).Store(target + k);
        for (; k < length; k++) target[k] = source[k] + change[k];
    }

    private static unsafe void Mirror<T>(T* target, T* source, int length) where T : unmanaged, INumber<T>
    {
        var k = 0;
        for (; k <= length - Vector<T>.Count; k += Vector<T>.Count)
        {
            var middle = Vector.Load(source + k);
            (middle - (Vector.Load(target + k) - middle)).Store(target + k);
        }
        for (; k < length; k++) target[k] = source[k] - (target[k] - source[k]);
    }

    // Four sums at once: one alone would wait for each of its additions.
    private static unsafe double SumOfSquares<T>(T* values, int length) where T : unmanaged, INumber<T>
    {
        var sums = stackalloc double[4] { 0, 0, 0, 0 };
        for (var k = 0; k < length; k++)
        {
            var value = double.CreateTruncating(values[k]);
            sums[k & 3] += value * value;
        }
        return sums[0] + sums[1] + (sums[2] + sums[3]);
    }

    // Any device, dtype and strides: the same sums with tensor operations, float16 and bfloat16 in float32 and rounded once.
    private Tensor Change(Tensor source, int parameter, double scale)
    {
        var type = source.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var noise = new float[source.NumberOfElements];
        var change = zeros(source.shape, type, source.device);
        foreach (var (direction, weight) in terms.AsSpan(0, termCount))
        {
            using var scope = NewDisposeScope();
            GaussianNoise.FillFrom(noise, generator, direction, parameter);
            change.add_(tensor(noise, source.shape).to(source.device).to(type) * (weight * scale));
        }
        return change;
    }

    private static Tensor Sum(Tensor source, Tensor change) => (source.to(change.dtype) + change).to(source.dtype);

    private static Tensor MirrorImage(Tensor source, Tensor end)
    {
        var type = source.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var middle = source.to(type);
        return (middle - (end.to(type) - middle)).to(source.dtype);
    }

    private static bool IsPlain(Tensor tensor) =>
        tensor.dtype is ScalarType.Float32 or ScalarType.Float64 && tensor.device_type == DeviceType.CPU && tensor.is_contiguous();
}
