using TorchOptimExt.Averaging;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt;

/// <summary>
/// Averages of a module's weights over a training, by PyTorch's rules (<c>torch.optim.swa_utils.AveragedModel</c>): with a decay d an
/// exponential moving average a ← d·a + (1 − d)·θ, without one the mean of all, a ← a + (θ − a)/(n + 1); the first update copies.
/// </summary>
/// <remarks>
/// <para>Buffers are copied at each update, or averaged too with use_buffers; whole numbers are always copied. An update reads and writes
/// each average once.</para>
/// <para>It is a module itself, whose state is <c>n_averaged</c> and <c>module.NAME</c> for each tensor, as in PyTorch:
/// <c>Checkpoint.Save("average.ckpt", average)</c> and <see cref="PyTorchCheckpoint"/> save it. The averaged module is not part of
/// it.</para>
/// <para>Source: P. Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", UAI 2018, equation 3.</para>
/// </remarks>
/// <example>
/// <code>
/// using var average = new AveragedModel(model, decay: 0.999);
/// optimizer.step();
/// average.update_parameters();
/// using (average.Swap()) Console.WriteLine(model.forward(x));     // with the averages
/// </code>
/// </example>
public sealed class AveragedModel : nn.Module
{
    private readonly nn.Module model;
    private readonly double? decay;
    private readonly List<(string name, Tensor average, bool averaged)> averages = [];
    private readonly Tensor updates = zeros(1, dtype: ScalarType.Int64).DetachFromDisposeScope();
    private bool swapped;

    /// <summary>Creates averages that begin as a copy of the module's tensors.</summary>
    /// <param name="model">The module that is trained. It stays the caller's.</param>
    /// <param name="decay">The weight of the past in an exponential moving average, 0 ≤ decay ≤ 1; null: the mean of all.</param>
    /// <param name="use_buffers">Whether floating-point buffers are averaged, too.</param>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The decay is out of its range.</exception>
    public AveragedModel(nn.Module model, double? decay = null, bool use_buffers = false) : base(nameof(AveragedModel))
    {
        ArgumentNullException.ThrowIfNull(model);
        if (decay is not (null or (>= 0 and <= 1)))
            throw new ArgumentOutOfRangeException(nameof(decay), decay, $"decay is {decay}; it must be from 0 to 1.");
        (this.model, this.decay) = (model, decay);
        using var quiet = no_grad();
        var parameters = model.named_parameters().Select(p => p.name).ToHashSet();
        foreach (var (name, tensor) in model.state_dict())
            averages.Add((name, tensor.detach().clone().DetachFromDisposeScope(), (use_buffers || parameters.Contains(name))
                && (tensor.is_floating_point() || tensor.is_complex())));
    }

    /// <summary>How many updates there were.</summary>
    public long n_averaged => updates.item<long>();

    /// <summary>Takes the module's present tensors into the averages.</summary>
    /// <exception cref="InvalidOperationException">The averages are swapped in, or a tensor has another shape now.</exception>
    public void update_parameters()
    {
        if (swapped) throw new InvalidOperationException(
            "The averages are swapped into the model: end the using of Swap() before the next update.");
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var (own, count) = (model.state_dict(), n_averaged);
        foreach (var (name, average, _) in averages)
            if (!own.TryGetValue(name, out var tensor) || !tensor.shape.SequenceEqual(average.shape))
                throw new InvalidOperationException($"The model's '{name}' is gone or of another shape.");
        var weight = decay is { } d ? 1 - d : 1.0 / (count + 1);
        foreach (var (name, average, averaged) in averages)
        {
            var present = own[name].detach().to(average.dtype, average.device);
            if (averaged && count > 0) average.lerp_(present, tensor(weight, dtype: average.dtype, device: average.device));
            else average.copy_(present);
        }
        updates.add_(1);
    }

    /// <summary>Exchanges the module's tensors with the averages, in place, until the result is disposed: then the module has its own bits
    /// again.</summary>
    /// <returns>What ends it; a second call of it does nothing.</returns>
    /// <exception cref="InvalidOperationException">The averages are swapped in already.</exception>
    public IDisposable Swap()
    {
        if (swapped) throw new InvalidOperationException("The averages are swapped into the model already.");
        Exchange();
        return new SwappedAverages(() => { if (swapped) Exchange(); });
    }

    private void Exchange()
    {
        using var quiet = no_grad();
        var own = model.state_dict();
        foreach (var (name, average, _) in averages)
        {
            using var present = own[name].detach().clone();
            own[name].copy_(average);
            average.copy_(present);
        }
        swapped = !swapped;
    }

    /// <summary>Renews the statistics of the module's batch normalizations by one pass over data, as PyTorch's <c>update_bn</c>: each
    /// becomes the mean over the batches. Call it while the averages are swapped in.</summary>
    /// <typeparam name="TBatch">A batch.</typeparam>
    /// <param name="data">The batches.</param>
    /// <param name="forward">Evaluates the module on a batch.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public void update_bn<TBatch>(IEnumerable<TBatch> data, Func<TBatch, Tensor> forward)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(forward);
        var norms = model.modules().Prepend(model).Distinct().OfType<NormBase>()
            .Where(norm => norm.track_running_stats && norm.running_mean is not null)
            .Select(norm => (norm, norm.momentum)).ToList();
        if (norms.Count == 0) return;
        var training = model.training;
        model.train();
        try
        {
            using var quiet = no_grad();
            var count = 0;
            foreach (var batch in data)
            {
                count++;
                norms.ForEach(one => one.norm.momentum = 1.0 / count);      // the mean over all batches so far
                forward(batch).Dispose();
            }
        }
        finally
        {
            foreach (var (norm, momentum) in norms) norm.momentum = momentum;
            model.train(training);
        }
    }

    /// <summary>The averages and their number, under PyTorch's names.</summary>
    /// <param name="destination">Where to add them; null makes a new dictionary.</param>
    /// <param name="prefix">What the names begin with.</param>
    /// <returns>The tensors themselves, not copies.</returns>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
    {
        destination ??= [];
        var start = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
        destination.Add(start + "n_averaged", updates);
        foreach (var (name, average, _) in averages) destination.Add($"{start}module.{name}", average);
        return destination;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            updates.Dispose();
            foreach (var (_, average, _) in averages) average.Dispose();
        }
        base.Dispose(disposing);
    }
}
