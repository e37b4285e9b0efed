namespace TorchOptimExt.RandomSearch;

/// <summary>How observations are normalized within one step: (x − mean) / deviation; null leaves them as they are.</summary>
internal readonly record struct ObservationScale(double[]? Mean, double[]? Deviation)
{
    public void Apply(ReadOnlySpan<double> observation, Span<double> scaled)
    {
        if (Mean is null) observation.CopyTo(scaled);
        else for (var k = 0; k < scaled.Length; k++) scaled[k] = (observation[k] - Mean[k]) / Deviation![k];
    }
}
