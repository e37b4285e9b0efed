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
internal sealed class RandomSearchPass : ParallelWork
{
    // Tiles that one piece of work has; with a pair of directions some 50 µs.
    private const long PieceTiles = 64;

    private readonly List<Segment> segments = [];
    private readonly List<(Tensor target, Tensor source, int parameter, double scale)> onTensors = [];
    private long tiles;
    private double[]? squares;
    private Threefry generator;
    private (int direction, double weight)[] terms = [];
    private int termCount;

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

    /// <summary>Visits everything that was added.</summary>
    public void Run()
    {
        squares = null;
        Visit();
        using var quiet = no_grad();
        foreach (var (target, source, parameter, scale) in onTensors)
        {
            using var scope = NewDisposeScope();
            target.copy_(Sum(source, Change(source, parameter, scale)));
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
        squares = new double[(tiles + PieceTiles - 1) / PieceTiles];
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
        foreach (ref readonly var segment in CollectionsMarshal.AsSpan(segments))
        {
            if (to <= 0) break;
            var count = TilesOf(segment.Length);
            for (var tile = Math.Max(from, 0); tile < Math.Min(to, count); tile++)
                sum += segment.IsDouble ? Visit<double>(segment, tile) : Visit<float>(segment, tile);
            from -= count;
            to -= count;
        }
        if (squares is not null) squares[piece] = sum;
    }

    private static long TilesOf(long length) => (length + GaussianNoise.Tile - 1) / GaussianNoise.Tile;

    [SkipLocalsInit]
    private unsafe double Visit<T>(in Segment segment, long tile) where T : unmanaged, INumber<T>
    {
        var change = stackalloc T[GaussianNoise.Tile];
        new Span<T>(change, GaussianNoise.Tile).Clear();
        var noise = stackalloc float[GaussianNoise.Tile];
        foreach (var (direction, weight) in terms.AsSpan(0, termCount))
        {
            GaussianNoise.FillTile(ref *noise, generator, tile, direction, segment.Parameter);
            var scaled = T.CreateTruncating(weight * segment.Scale);
            if (typeof(T) == typeof(double)) AddScaled((double*)change, noise, (double)(object)scaled);
            else AddScaled((float*)change, noise, (float)(object)scaled);
        }
        var at = tile * GaussianNoise.Tile;
        var length = (int)Math.Min(GaussianNoise.Tile, segment.Length - at);
        Apply((T*)segment.Target + at, (T*)segment.Source + at, change, length);
        return squares is null ? 0 : SumOfSquares(change, length);
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

    private static bool IsPlain(Tensor tensor) =>
        tensor.dtype is ScalarType.Float32 or ScalarType.Float64 && tensor.device_type == DeviceType.CPU && tensor.is_contiguous();
}
