namespace TorchOptimExt.Cuda;

/// <summary>Which states a parameter has.</summary>
[Flags]
internal enum StateMask
{
    None = 0,
    First = 1,
    Second = 2,
    Third = 4,
}
