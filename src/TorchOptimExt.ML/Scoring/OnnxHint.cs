using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Scoring;

/// <summary>
/// The type of a hidden column before the score, so that ML.NET's ConvertToOnnx, which would silently leave the model out, ends instead: it
/// knows no such type, and says its name.
/// </summary>
internal sealed class OnnxHint : StructuredDataViewType
{
    private OnnxHint() : base(typeof(ConvertToOnnx_leaves_torch_models_out_Call_mlContext_Model_ConvertTorchToOnnx_instead)) { }

    internal static OnnxHint Type { get; } = new();

    /// <summary>A getter of the column, which holds nothing.</summary>
    internal static ValueGetter<ConvertToOnnx_leaves_torch_models_out_Call_mlContext_Model_ConvertTorchToOnnx_instead> Getter { get; } =
        static (ref value) => value = default;

    public override bool Equals(DataViewType? other) => other is OnnxHint;
    public override bool Equals(object? obj) => obj is OnnxHint;
    public override int GetHashCode() => typeof(OnnxHint).GetHashCode();
    public override string ToString() => nameof(OnnxHint);
}

/// <summary>The name is the message.</summary>
internal readonly struct ConvertToOnnx_leaves_torch_models_out_Call_mlContext_Model_ConvertTorchToOnnx_instead;
