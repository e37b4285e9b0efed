namespace TorchOptimExt.Mpi;

/// <summary>Gives each rank its part of every batch: all ranks draw the same order of the rows, and no row is taken twice or
/// lost.</summary>
/// <remarks>Parts differ by at most one row, and one of a last, small batch may be empty. Divide by the rows of the whole batch, then the
/// mean over the ranks is the mean over rows: <c>mse_loss(output, target, Reduction.Sum) * world.Size / ofBatch</c>.</remarks>
/// <param name="rows">How many rows there are, ≥ 1.</param>
/// <param name="batch">How many rows a batch has, of all ranks together, ≥ 1.</param>
/// <param name="world">The ranks.</param>
/// <param name="seed">Decides the orders, the same on all ranks.</param>
public sealed class ShardSampler(int rows, int batch, World world, int seed = 0)
{
    /// <summary>This rank's rows of an epoch's batches, one after the other. The last batch may be smaller, and the parts of a batch differ
    /// by at most one row.</summary>
    /// <param name="epoch">The epoch, from 0: each has its own order.</param>
    /// <returns>For each batch the rows of this rank, with the number of rows of the whole batch.</returns>
    public IEnumerable<(int[] rows, int ofBatch)> Epoch(int epoch) => Part(Order(epoch), world.Rank, world.Size);

    internal static IEnumerable<(int[] rows, int ofBatch)> Part(int[] order, int batch, int rank, int size) => order.Chunk(batch)
        .Select(all => (all[(int)((long)all.Length * rank / size)..(int)((long)all.Length * (rank + 1) / size)], all.Length));

    private IEnumerable<(int[] rows, int ofBatch)> Part(int[] order, int rank, int size) => Part(order, batch, rank, size);

    private int[] Order(int epoch)
    {
        var order = Enumerable.Range(0, rows).ToArray();
        new Random(HashCode(seed, epoch)).Shuffle(order);
        return order;
    }

    // Not System.HashCode, whose numbers differ from process to process.
    private static int HashCode(int seed, int epoch) => unchecked(seed * 486_187_739 + epoch);
}
