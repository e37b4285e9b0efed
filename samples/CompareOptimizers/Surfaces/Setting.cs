using CompareOptimizers.Registry;

namespace CompareOptimizers.Surfaces;

/// <summary>An optimizer with all settings but its learning rate.</summary>
/// <param name="Name">What tells it from those beside it.</param>
/// <param name="Make">Makes it.</param>
/// <param name="Closure">What its closure does.</param>
internal sealed record Setting(string Name, Make Make, Closure Closure = Closure.CallsBackward);
