namespace TorchOptimExt.ML;

/// <summary>Where the rows of a training are held, which are read once.</summary>
public enum RowCache
{
    /// <summary>In memory.</summary>
    Memory,

    /// <summary>
    /// In temporary files that are mapped into memory page by page, so that the system drops pages where memory is short. Shuffling is
    /// exact, and results have the bits of <see cref="Memory"/>. The files are deleted however the training ends; on Windows only where the
    /// process is not killed. In memory remain, of each row, its place in the order and the class and the weight of it: up to 24 bytes.
    /// </summary>
    Disk,
}
