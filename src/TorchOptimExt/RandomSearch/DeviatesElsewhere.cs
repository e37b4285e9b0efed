using TorchOptimExt.Cuda;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// target = source + scale · Σ weight · δ for tensors of any device, dtype and order in memory. The changes are made in the CPU's memory,
/// float16's and bfloat16's in float32, and copied to a device in one piece; all sums are one launch or pass, and so are all mirror
/// images.
/// </summary>
/// <param name="most_threads">How many threads may make changes at most, besides libtorch's own limit.</param>
internal sealed class DeviatesElsewhere(int most_threads)
{
    // Elements: a change begins where a vector does.
    private const long Alignment = 64;

    private readonly DeviatePass deviates = new(most_threads);
    private readonly Mover<SumRule> sum = new();
    private readonly Mover<MirrorRule> mirror = new();
    private readonly List<(Tensor target, Tensor value)> others = [];       // that no launch or pass takes
    private List<Place> places = [], before = [];
    private Tensor[] changes = [];      // of the places, kept from one end of a direction to the other

    /// <summary>Forgets all tensors and directions and begins anew.</summary>
    public void Begin(long seed, long step)
    {
        deviates.Begin(seed, step);
        (places, before) = (before, places);
        places.Clear();
    }

    /// <summary>Adds a direction and its weight.</summary>
    public void AddDirection(int direction, double weight) => deviates.AddDirection(direction, weight);

    /// <summary>Adds a tensor, which may be its own source.</summary>
    public void Add(Tensor target, Tensor source, int parameter, double scale)
    {
        if (target.NumberOfElements > 0) places.Add(new(target, source, parameter, scale));
    }

    /// <summary>Writes the sums, and keeps the changes for the other end of the direction.</summary>
    public void Run()
    {
        MakeChanges();
        Sum();
        Write();
    }

    /// <summary>Writes the mirror images of the sums, source − (sum − source).</summary>
    /// <param name="again">Whether the run before was of the same direction's other end.</param>
    public void RunMirrored(bool again)
    {
        if (!again || !ChangesAreThere()) MakeChanges();
        Sum();
        Write();
        Mirror();
        Write();
        Forget();
    }

    /// <summary>Makes what takes memory; nothing is written before <see cref="RunPrepared"/>.</summary>
    /// <returns>The sum of the squares of the changes.</returns>
    public double Prepare()
    {
        var square = MakeChanges();
        Sum();
        return square;
    }

    /// <summary>Writes the sums that were prepared.</summary>
    public void RunPrepared()
    {
        Write();
        Forget();
    }

    private bool ChangesAreThere() => changes.Length == places.Count && before.Count == places.Count
        && places.Zip(before).All(pair => pair.First.ChangesLike(pair.Second));

    private double MakeChanges()
    {
        Forget();
        if (places.Count == 0) return 0;
        var (starts, lengths) = Layout();
        var made = lengths.ToDictionary(kind => kind.Key, kind => empty(kind.Value, kind.Key.type));
        for (var k = 0; k < places.Count; k++) deviates.Add(Part(made, k), null, places[k].Parameter, places[k].Scale);
        var square = deviates.RunMeasured();
        var copied = made.ToDictionary(kind => kind.Key,
            kind => kind.Value.to(places.Find(place => place.Kind == kind.Key).Source.device));
        changes = [.. places.Select((place, k) => InOrderOf(place.Source, Part(copied, k)).DetachFromDisposeScope())];
        return square;

        Tensor Part(Dictionary<(DeviceType, int, ScalarType type), Tensor> rows, int k) =>
            rows[places[k].Kind].narrow(0, starts[k], places[k].Length);
    }

    // Where the changes of each kind begin in one memory, and how long that is.
    private (long[] starts, Dictionary<(DeviceType, int, ScalarType type), long> lengths) Layout()
    {
        var (starts, lengths) = (new long[places.Count], new Dictionary<(DeviceType, int, ScalarType type), long>());
        for (var k = 0; k < places.Count; k++)
        {
            starts[k] = lengths.GetValueOrDefault(places[k].Kind);
            lengths[places[k].Kind] = (starts[k] + places[k].Length + Alignment - 1) / Alignment * Alignment;
        }
        return (starts, lengths);
    }

    // Deviates follow the elements' places, not the memory's.
    private static Tensor InOrderOf(Tensor source, Tensor row)
    {
        var change = row.reshape(source.shape);
        return source.is_contiguous() ? change : empty_like(source, row.dtype).copy_(change);
    }

    private void Sum()
    {
        sum.Clear();
        for (var k = 0; k < places.Count; k++)
        {
            var place = places[k];
            if (!sum.Add(default, place.Target, place.Source, changes[k])) others.Add((place.Target, place.Sum(changes[k])));
        }
    }

    private void Mirror()
    {
        mirror.Clear();
        foreach (var place in places)
            if (!mirror.Add(default, place.Target, place.Source)) others.Add((place.Target, place.MirrorImage()));
    }

    private void Write()
    {
        sum.Run();
        mirror.Run();
        foreach (var (target, value) in others) target.copy_(value);
        others.Clear();
    }

    private void Forget()
    {
        foreach (var change in changes) change.Dispose();
        changes = [];
        others.Clear();
    }
}
