using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Simd;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// Writes target = source + scale · Σ weight · δ for many tensors in one pass over the CPU's memory. The deviates δ are made where they
/// are added and never stored, and the results are the same bits whatever the number of threads.
/// </summary>
internal sealed class DeviatePass : ParallelWork
{
    // Tiles that one piece of work has; with a pair of directions some 50 µs.
    private const long PieceTiles = 64;

    private readonly int mostThreads;
    private List<Segment> segments = [], before = [];
    private long tiles;
    private double[]? squares;
    private Work work;
    private ulong check;
    private Threefry generator;
    private (int direction, double weight)[] terms = [];
    private int termCount;

    /// <param name="most_threads">How many threads a run may use at most, besides libtorch's own limit.</param>
    public DeviatePass(int most_threads) => mostThreads = most_threads;

    private enum Work { Add, AddAndMirror, Mirror }

    // Without a source the change itself is written.
    private readonly record struct Segment(nint Target, nint Source, bool IsDouble, long Length, int Parameter, double Scale);

    /// <summary>Forgets all tensors and directions and begins anew.</summary>
    public void Begin(long seed, long step)
    {
        generator = GaussianNoise.Generator(seed, step);
        (segments, before) = (before, segments);
        segments.Clear();
        (tiles, termCount) = (0, 0);
    }

    /// <summary>Adds a direction and its weight.</summary>
    public void AddDirection(int direction, double weight)
    {
        if (termCount == terms.Length) Array.Resize(ref terms, Math.Max(8, 2 * termCount));
        terms[termCount++] = (direction, weight);
    }

    /// <summary>Whether the elements of a tensor lie in the CPU's memory, in a row, as numbers that the pass computes with.</summary>
    public static bool Takes(Tensor tensor) =>
        tensor.dtype is ScalarType.Float32 or ScalarType.Float64 && tensor.device_type == DeviceType.CPU && tensor.is_contiguous();

    /// <summary>Adds a tensor, which may be its own source.</summary>
    /// <param name="target">What is written.</param>
    /// <param name="source">What is added to, of the same shape and dtype; null writes the change alone.</param>
    /// <param name="parameter">The place of the parameter among all.</param>
    /// <param name="scale">What the weights are multiplied with.</param>
    public void Add(Tensor target, Tensor? source, int parameter, double scale)
    {
        var length = target.NumberOfElements;
        if (length == 0) return;
        segments.Add(new(TensorMemory.Address(target), source is null ? 0 : TensorMemory.Address(source),
            target.dtype == ScalarType.Float64, length, parameter, scale));
        tiles += TilesOf(length);
    }

    /// <summary>Writes the sums.</summary>
    /// <returns>A check value of the bits written.</returns>
    public ulong Run() => Run(Work.Add);

    /// <summary>Writes the mirror images of the sums, source − (sum − source).</summary>
    public void RunMirrored() => Run(Work.AddAndMirror);

    /// <summary>Writes the mirror images of what the targets hold; false where those are not the tensors of the run before, or do not hold
    /// what it wrote: then what they hold is of no use.</summary>
    /// <param name="expected">The check value of the run that wrote it.</param>
    public bool Mirror(ulong expected) => segments.SequenceEqual(before) && Run(Work.Mirror) == expected;

    /// <summary>Writes the sums.</summary>
    /// <returns>The sum of the squares of what was added to the sources.</returns>
    public double RunMeasured()
    {
        squares = new double[(tiles + PieceTiles - 1) / PieceTiles];
        try
        {
            Run(Work.Add);
            return squares.Sum();
        }
        finally
        {
            squares = null;
        }
    }

    private ulong Run(Work work)
    {
        (this.work, check) = (work, 0);
        var pieces = (int)((tiles + PieceTiles - 1) / PieceTiles);
        RunPieces(pieces, Math.Clamp(pieces / 2, 1, Math.Min(mostThreads, get_num_threads())));
        return check;
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
        if (segment.Source != 0) Apply(target, source, change, length);
        else new Span<T>(change, length).CopyTo(new(target, length));
        if (squares is not null) return SumOfSquares(change, length);
        if (segment.Source == 0) return 0;
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
}
