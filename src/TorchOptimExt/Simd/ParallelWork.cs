namespace TorchOptimExt.Simd;

/// <summary>
/// Independent pieces of work, shared between the calling thread and libtorch's or else the thread pool's, without allocating anything.
/// The caller works too and waits only for helpers that have begun: a busy pool costs speed, never progress.
/// </summary>
internal abstract class ParallelWork
{
    private readonly List<Helper> helpers = [];
    private readonly Action doPieces;
    private int next;
    private Exception? failure;

    private protected ParallelWork() => doPieces = DoPieces;

    /// <summary>Whether the thread pool helps; libtorch's threads do otherwise.</summary>
    internal bool OnPool { get; set; } = !TorchThreads.Available;

    /// <summary>How many pieces the running work has.</summary>
    private protected int Pieces { get; private set; }

    /// <summary>Does one piece; called from several threads at once, once for each piece.</summary>
    private protected abstract void Piece(int piece);

    /// <summary>
    /// Does all pieces on at most <paramref name="threads"/> threads. An exception of a piece is thrown when all have ended.
    /// </summary>
    private protected void RunPieces(int pieces, int threads)
    {
        (Pieces, next, failure) = (pieces, 0, null);
        if (OnPool) RunOnPool(threads);
        else TorchThreads.Run(doPieces, threads);
        if (failure is not null) throw new AggregateException(failure);
    }

    private void RunOnPool(int threads)
    {
        while (helpers.Count < threads - 1) helpers.Add(new Helper(this));
        for (var k = 0; k < threads - 1; k++) helpers[k].Call();
        DoPieces();
        for (var k = 0; k < threads - 1; k++) helpers[k].Join();
    }

    private void DoPieces()
    {
        try
        {
            for (var piece = Interlocked.Increment(ref next) - 1; piece < Pieces; piece = Interlocked.Increment(ref next) - 1) Piece(piece);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, e, null);
        }
    }

    private sealed class Helper(ParallelWork work) : IThreadPoolWorkItem
    {
        // Idle: not in the pool's queue. Called: in it, work to do. Running. Dismissed: still in it, nothing to do.
        private const int Idle = 0, Called = 1, Running = 2, Dismissed = 3;
        private int state;

        public void Call()
        {
            if (Interlocked.CompareExchange(ref state, Called, Dismissed) == Dismissed) return;
            Volatile.Write(ref state, Called);
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        public void Join()
        {
            if (Interlocked.CompareExchange(ref state, Dismissed, Called) == Called) return;
            var wait = new SpinWait();
            while (Volatile.Read(ref state) == Running) wait.SpinOnce(sleep1Threshold: -1);
        }

        public void Execute()
        {
            while (true)
            {
                if (Interlocked.CompareExchange(ref state, Running, Called) == Called)
                {
                    work.DoPieces();
                    Volatile.Write(ref state, Idle);
                    return;
                }
                if (Interlocked.CompareExchange(ref state, Idle, Dismissed) == Dismissed) return;
            }
        }
    }
}
