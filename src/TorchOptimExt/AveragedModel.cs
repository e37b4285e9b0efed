using TorchOptimExt.Averaging;
using static TorchSharp.torch;

namespace TorchOptimExt;

/// <summary>
/// Averages of a module's weights over a training, by PyTorch's rules (<c>torch.optim.swa_utils.AveragedModel</c>): with a decay d an
/// exponential moving average a ← d·a + (1 − d)·θ, without one the mean of all, a ← a + (θ − a)/(n + 1); the first update copies.
/// </summary>
/// <remarks>
/// <para>Buffers are copied at each update, or averaged too with use_buffers; whole numbers are always copied. An update reads and writes
/// each average once. Averages of float16 and bfloat16 are kept in float32.</para>
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
    private readonly List<AveragedTensor> averages = [];
    private readonly Dictionary<string, AveragedTensor> named = [];
    private readonly Tensor updates = tensor(0L).DetachFromDisposeScope();
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
        var parameters = model.parameters().Select(parameter => parameter.Handle).ToHashSet();
        var known = new Dictionary<nint, AveragedTensor>();
        foreach (var (name, tensor) in model.state_dict())
        {
            if (!known.TryGetValue(tensor.Handle, out var average))
            {
                average = new(tensor, (use_buffers || parameters.Contains(tensor.Handle))
                    && (tensor.is_floating_point() || tensor.is_complex()));
                known.Add(tensor.Handle, average);
                averages.Add(average);
            }
            named.Add(name, average);
        }
    }

    /// <summary>How many updates there were.</summary>
    public long n_averaged => updates.item<long>();

    /// <summary>Takes the module's present tensors into the averages.</summary>
    /// <exception cref="InvalidOperationException">The averages are swapped in, or the module has other tensors now than when this was
    /// made, or a tensor of another shape; nothing is changed.</exception>
    public void update_parameters()
    {
        if (swapped) throw new InvalidOperationException(
            "The averages are swapped into the model: end the using of Swap() before the next update.");
        using var quiet = no_grad();
        var (own, count) = (Own(), n_averaged);
        double? weight = count == 0 ? null : decay is { } d ? 1 - d : 1.0 / (count + 1);
        foreach (var (average, tensor) in own) average.Update(tensor, weight);
        updates.add_(1);
    }

    // The module's present tensors, each once.
    private List<(AveragedTensor average, Tensor own)> Own()
    {
        var present = model.state_dict();
        if (Difference(present) is { } difference) throw new InvalidOperationException(
            $"The model's {difference}: make a new AveragedModel of it.");
        return [.. named.DistinctBy(entry => entry.Value).Select(entry => (entry.Value, present[entry.Key]))];
    }

    private string? Difference(Dictionary<string, Tensor> present)
    {
        foreach (var (name, average) in named)
            if (!present.TryGetValue(name, out var tensor) || tensor.IsInvalid) return $"'{name}' is gone";
            else if (!tensor.shape.SequenceEqual(average.Average.shape)) return $"'{name}' is of another shape now";
        return present.Keys.FirstOrDefault(name => !named.ContainsKey(name)) is { } added ? $"'{added}' is new" : null;
    }

    /// <summary>Exchanges the module's tensors with the averages, in place, until the result is disposed: then the module has its own bits
    /// again. What is saved in between are the averages, too.</summary>
    /// <returns>What ends it; a second call of it does nothing.</returns>
    /// <exception cref="InvalidOperationException">The averages are swapped in already, or the module has other tensors now than when this
    /// was made.</exception>
    public IDisposable Swap()
    {
        if (swapped) throw new InvalidOperationException("The averages are swapped into the model already.");
        using var quiet = no_grad();
        foreach (var (average, tensor) in Own()) average.SwapIn(tensor);
        swapped = true;
        return new SwappedAverages(SwapOut);
    }

    // In the reverse order: the module's tensors may be parts of each other.
    private void SwapOut()
    {
        if (!swapped) return;
        using var quiet = no_grad();
        foreach (var (average, tensor) in Own().AsEnumerable().Reverse()) average.SwapOut(tensor);
        swapped = false;
    }

    /// <summary>Renews the statistics of the module's batch normalizations by one pass over data, as PyTorch's <c>update_bn</c>: each
    /// becomes the mean over the batches. Call it while the averages are swapped in.</summary>
    /// <typeparam name="TBatch">A batch.</typeparam>
    /// <param name="data">The batches, at least one. What <paramref name="forward"/> makes is freed after each.</param>
    /// <param name="forward">Evaluates the module on a batch.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">There is no batch. The statistics are what they were then, and where
    /// <paramref name="forward"/> throws.</exception>
    public void update_bn<TBatch>(IEnumerable<TBatch> data, Func<TBatch, Tensor> forward)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(forward);
        using var quiet = no_grad();
        using var statistics = new BatchStatistics(model);
        if (statistics.Any) statistics.Renew(data, forward);
    }

    /// <summary>The averages and their number, under PyTorch's names.</summary>
    /// <param name="destination">Where to add them; null makes a new dictionary.</param>
    /// <param name="prefix">What the names begin with.</param>
    /// <returns>The tensors themselves, not copies. Names of one tensor of the module have one average.</returns>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
    {
        destination ??= [];
        var start = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
        destination.Add(start + "n_averaged", updates);
        var own = swapped ? model.state_dict() : null;
        foreach (var (name, average) in named)
            destination.Add($"{start}module.{name}", own is null ? average.Average : average.WhileSwapped(own[name]));
        return destination;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (Difference(model.state_dict()) is null) SwapOut();
            swapped = false;
            updates.Dispose();
            averages.ForEach(average => average.Dispose());
        }
        base.Dispose(disposing);
    }
}
