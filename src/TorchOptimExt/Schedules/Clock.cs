namespace TorchOptimExt.Schedules;

/// <summary>A factor of 1 for TorchSharp's LambdaLR that remembers for which t it was asked: that t is in no public member.</summary>
internal sealed class Clock
{
    public int Time { get; private set; }

    public double Factor(int t)
    {
        Time = t;
        return 1;
    }
}
