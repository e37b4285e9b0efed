using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>A part of H·v.</summary>
/// <param name="Part">Its elements in a row; null where they are 0.</param>
/// <param name="Along">Its scalar product with v's part; NaN where it was not computed on the way.</param>
/// <param name="Square">Its scalar product with itself; NaN where it was not computed on the way.</param>
internal readonly record struct MemoryProduct(Tensor? Part, double Along = double.NaN, double Square = double.NaN);
