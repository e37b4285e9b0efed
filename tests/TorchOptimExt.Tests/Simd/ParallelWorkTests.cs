using TorchOptimExt.Rules;
using TorchOptimExt.Simd;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Simd;

/// <summary>The two kinds of threads that can help: libtorch's, where they are GNU OpenMP's, and the thread pool's.</summary>
public class ParallelWorkTests
{
    public static TheoryData<bool> Kinds => TorchThreads.Available ? [true, false] : [true];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_bits_are_those_of_one_thread(bool onPool)
    {
        using var scope = NewDisposeScope();
        var rule = new AdamLike();
        Tensor[] Made() => [.. Enumerable.Range(0, 3).Select(k => (arange(300_007, ScalarType.Float32) * (k + 0.37)).sin())];
        var (alone, together) = (Made(), Made());
        WithThreads(1, () => Run(alone));
        WithThreads(3, () => Run(together));
        for (var k = 0; k < alone.Length; k++) Assert.True(alone[k].bytes.SequenceEqual(together[k].bytes), $"tensor {k}");

        void Run(Tensor[] tensors)
        {
            var pass = new FusedPass<AdamLike> { OnPool = onPool };
            for (var step = 0; step < 5; step++)
            {
                Assert.True(pass.Add(rule, tensors[0], tensors[1], tensors[2]));
                pass.Run();
            }
        }
    }

    // More threads than processors, so that helpers are called, late, dismissed and called again.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_piece_is_done_once_however_often_it_runs(bool onPool)
    {
        var work = new Counting { OnPool = onPool };
        for (var run = 0; run < 2_000; run++) work.Run(run % 7, 1 + run % 5);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_exception_of_a_piece_is_thrown_when_all_have_ended(bool onPool)
    {
        var work = new Counting { OnPool = onPool, Fails = 3 };
        Assert.IsType<TimeoutException>(Assert.Throws<AggregateException>(() => work.Run(6, 3)).InnerException);
        work.Fails = -1;
        work.Run(6, 3);
    }

    private static void WithThreads(int threads, Action run)
    {
        var before = get_num_threads();
        set_num_threads(threads);
        try { run(); }
        finally { set_num_threads(before); }
    }

    private readonly struct AdamLike : IUpdateRule
    {
        public void Apply<V>(ref V param, V grad, ref V average, ref V unused, ref V unused2) where V : struct, ILanes<V>
        {
            average = 0.9 * average + 0.1 * grad;
            param -= 0.01 * average / (V.Sqrt(grad * grad) + 1e-3);
        }
    }

    private sealed class Counting : ParallelWork
    {
        private readonly int[] done = new int[8];

        public int Fails { get; set; } = -1;

        public void Run(int pieces, int threads)
        {
            Array.Clear(done);
            RunPieces(pieces, threads);
            for (var piece = 0; piece < done.Length; piece++) Assert.Equal(piece < pieces ? 1 : 0, done[piece]);
        }

        private protected override void Piece(int piece)
        {
            if (piece == Fails) throw new TimeoutException();
            Interlocked.Increment(ref done[piece]);
        }
    }
}
