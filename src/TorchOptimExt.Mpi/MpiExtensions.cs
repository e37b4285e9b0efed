using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Mpi;

/// <summary>What this package adds to <c>torch.optim</c>.</summary>
public static class MpiExtensions
{
    extension(torch.optim)
    {
        /// <summary>Makes an optimizer train data-parallel over all ranks.</summary>
        /// <inheritdoc cref="TorchOptimExt.Mpi.DataParallel.DataParallel(OptimizerHelper, World, IEnumerable{Tensor})"/>
        public static DataParallel DataParallel(OptimizerHelper optimizer, World world, IEnumerable<Tensor>? buffers = null) =>
            new(optimizer, world, buffers);
    }
}
