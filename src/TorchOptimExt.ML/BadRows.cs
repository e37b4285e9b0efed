namespace TorchOptimExt.ML;

/// <summary>
/// What becomes of data that cannot be trained on: NaN or infinite features, labels or weights, keys that are missing, a single class.
/// </summary>
public enum BadRows
{
    /// <summary>
    /// Such rows are left out, and one warning counts them; a single class is trained on with a warning. So do ML.NET's own trainers.
    /// </summary>
    Skip,

    /// <summary>The training ends with an exception that names the first such row.</summary>
    Throw,
}
