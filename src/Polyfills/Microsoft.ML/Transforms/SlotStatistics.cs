namespace Microsoft.ML.Transforms;

/// <summary>What a normalizer learns of one slot, and the map (x − offset) · scale that follows from it.</summary>
internal abstract class SlotStatistics
{
    /// <summary>Number of values, of all kinds, that <see cref="Add"/> was given.</summary>
    public long Seen { get; private set; }

    public void Add(double value)
    {
        Seen++;
        Update(value);
    }

    /// <summary>Accounts for the zeros that sparse vectors do not store.</summary>
    public abstract void AddZeros(long count);

    /// <summary>Scale and offset; a slot that never varies gets 0 for both, so that it becomes 0.</summary>
    public abstract (double Scale, double Offset) ToAffine(bool singlePrecision);

    protected abstract void Update(double value);
}

/// <summary>Maps the range to [0, 1], or with a fixed zero to at most 1 in magnitude.</summary>
internal sealed class MinMaxRange(bool fixZero) : SlotStatistics
{
    private double _min = double.PositiveInfinity;
    private double _max = double.NegativeInfinity;

    public override void AddZeros(long count)
    {
        if (count > 0)
            Update(0);
    }

    public override (double Scale, double Offset) ToAffine(bool singlePrecision)
    {
        if (!(_max > _min))
            return (0, 0);
        if (fixZero)
            return (1 / Math.Max(Math.Abs(_max), Math.Abs(_min)), 0);
        var width = singlePrecision ? (float)_max - (float)_min : _max - _min;
        return 1 / width == 0 ? (0, 0) : (1 / width, _min);
    }

    protected override void Update(double value)
    {
        if (value < _min)
            _min = value;
        if (value > _max)
            _max = value;
    }
}

/// <summary>Maps to unit variance and zero mean, or with a fixed zero to unit second moment. Values that are not finite do not count.</summary>
internal sealed class MeanVariance(bool fixZero) : SlotStatistics
{
    private long _zeros;
    private long _count;
    private double _mean;
    private double _m2;

    public override void AddZeros(long count)
    {
        count += _zeros;
        if (count == 0)
            return;
        _count += count;
        var delta = -_mean;
        _mean += delta * count / _count;
        _m2 += delta * -_mean * count;
    }

    public override (double Scale, double Offset) ToAffine(bool singlePrecision)
    {
        if (_m2 == 0)
            return (0, 0);
        var variance = _m2 / _count;
        var deviation = Math.Sqrt(fixZero ? variance + _mean * _mean : variance);
        return (1 / (singlePrecision ? (float)deviation : deviation), fixZero ? 0 : _mean);
    }

    protected override void Update(double value)
    {
        if (value == 0)
            _zeros++;
        if (value == 0 || !double.IsFinite(value))
            return;
        _count++;
        var delta = value - _mean;
        _mean += delta / _count;
        _m2 += delta * (value - _mean);
    }
}
