using static TorchSharp.torch;

namespace TorchOptimExt.PyTorch;

/// <summary>One tensor of a parameter's state under PyTorch's name.</summary>
/// <param name="Name">PyTorch's name.</param>
/// <param name="Get">The tensor; null where there is none.</param>
/// <param name="Set">Sets it.</param>
/// <param name="Needed">Whether a state must have it, given the options; one that is not needed is not read. Null where it may be there or
/// not.</param>
internal sealed record StateTensorFormat<TOptions, TState>(
    string Name, Func<TState, Tensor?> Get, Action<TState, Tensor?> Set, Func<TOptions, bool>? Needed);
