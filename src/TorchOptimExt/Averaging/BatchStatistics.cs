using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Averaging;

/// <summary>The running statistics of a module's batch normalizations, to be taken anew as means over batches: all or nothing. Afterwards
/// momentum and the mode of each module are what they were.</summary>
internal sealed class BatchStatistics : IDisposable
{
    private readonly nn.Module model;
    private readonly List<(nn.Module module, bool training)> modes;
    private readonly List<(NormBase norm, double? momentum)> norms;
    private readonly List<(Tensor statistic, Tensor before)> before = [];
    private bool complete;

    public BatchStatistics(nn.Module model)
    {
        this.model = model;
        var modules = model.modules().Prepend(model).Distinct().ToList();
        modes = modules.ConvertAll(module => (module, module.training));
        norms = [.. modules.OfType<NormBase>().Where(norm => norm.track_running_stats && norm.running_mean is not null)
            .Select(norm => (norm, norm.momentum))];
        foreach (var (norm, _) in norms)
            foreach (var statistic in new[] { norm.running_mean, norm.running_var, norm.num_batches_tracked })
                if (statistic is not null) before.Add((statistic, statistic.clone().DetachFromDisposeScope()));
    }

    public bool Any => norms.Count > 0;

    /// <summary>Evaluates the module on each batch.</summary>
    /// <exception cref="ArgumentException">There is no batch.</exception>
    public void Renew<TBatch>(IEnumerable<TBatch> data, Func<TBatch, Tensor> forward)
    {
        model.train();
        norms.ForEach(one => one.norm.reset_running_stats());
        var count = 0;
        foreach (var batch in data)
        {
            count++;
            norms.ForEach(one => one.norm.momentum = 1.0 / count);      // the mean over all batches so far
            using var scope = NewDisposeScope();
            forward(batch).Dispose();
        }
        if (count == 0) throw new ArgumentException("There is no batch to take statistics of.", nameof(data));
        complete = true;
    }

    public void Dispose()
    {
        foreach (var (norm, momentum) in norms) norm.momentum = momentum;
        foreach (var (module, training) in modes) module.train(training);      // what contains comes before what is contained
        foreach (var (statistic, value) in before)
        {
            if (!complete) statistic.copy_(value);
            value.Dispose();
        }
    }
}
