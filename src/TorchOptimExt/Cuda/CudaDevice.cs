namespace TorchOptimExt.Cuda;

/// <summary>A CUDA device in the context that libtorch uses.</summary>
internal sealed class CudaDevice(ICudaDriver driver, int index)
{
    private readonly nint context = driver.PrimaryContext(index);

    public ICudaDriver Driver => driver;

    public int Index => index;

    /// <summary>Ten times the major number of the compute capability and the minor one.</summary>
    public int Capability { get; } = driver.Capability(index);

    public bool TakesLargeArguments { get; } = driver.TakesLargeArguments(index);

    /// <summary>Makes the device's context current on this thread, which may have another or none, until <see cref="Leave"/>.</summary>
    /// <returns>What <see cref="Leave"/> takes.</returns>
    public bool Enter()
    {
        if (driver.CurrentContext() == context) return false;
        driver.PushContext(context);
        return true;
    }

    /// <summary>Leaves the thread as it was before <see cref="Enter"/>.</summary>
    public void Leave(bool entered)
    {
        if (entered) driver.PopContext();
    }
}
