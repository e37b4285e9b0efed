namespace TorchOptimExt.RandomSearch;

/// <summary>Count, means and sums of squared deviations of the observations of one evaluation.</summary>
/// <remarks>Source: B. P. Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", 1962.</remarks>
internal sealed class Moments(int size)
{
    public long Count { get; private set; }

    public double[] Mean { get; } = new double[size];

    public double[] Squares { get; } = new double[size];

    public void Add(ReadOnlySpan<double> observation)
    {
        Count++;
        for (var k = 0; k < observation.Length; k++)
        {
            var difference = observation[k] - Mean[k];
            Mean[k] += difference / Count;
            Squares[k] += difference * (observation[k] - Mean[k]);
        }
    }
}
