using System.Collections;

namespace TorchOptimExt.ML.Tests.Training;

/// <summary>Keeps the reports of a training, and does something at each.</summary>
internal sealed class Reports(Action<EpochReport>? then = null) : IProgress<EpochReport>, IReadOnlyList<EpochReport>
{
    private readonly List<EpochReport> reports = [];

    public int Count => reports.Count;
    public EpochReport this[int index] => reports[index];

    public void Report(EpochReport value)
    {
        reports.Add(value);
        then?.Invoke(value);
    }

    public IEnumerator<EpochReport> GetEnumerator() => reports.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
