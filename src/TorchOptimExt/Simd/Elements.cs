namespace TorchOptimExt.Simd;

/// <summary>
/// What the elements of a parameter and its gradient, and of its state, are in memory. The half types are computed in float32.
/// </summary>
internal enum Elements
{
    Float32,
    Float64,
    Float16,
    Float16WithFloat32State,
    BFloat16,
    BFloat16WithFloat32State,
}
