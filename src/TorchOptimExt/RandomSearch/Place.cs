using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>A tensor that a search writes by a sum of its source and of a change.</summary>
/// <param name="Target">What is written.</param>
/// <param name="Source">What is added to.</param>
/// <param name="Parameter">The place of the parameter among all.</param>
/// <param name="Scale">What the weights are multiplied with.</param>
internal readonly record struct Place(Tensor Target, Tensor Source, int Parameter, double Scale)
{
    public long Length => Source.NumberOfElements;

    /// <summary>The dtype that the sum is computed in.</summary>
    public ScalarType Type => Source.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>Changes of one such kind may lie in one memory.</summary>
    public (DeviceType, int, ScalarType type) Kind => (Source.device_type, Source.device_index, Type);

    /// <summary>Whether the change of a direction is that of another place, in the same order in memory too.</summary>
    public bool ChangesLike(in Place other) => Parameter == other.Parameter && Scale.Equals(other.Scale) && Kind == other.Kind
        && Source.shape.SequenceEqual(other.Source.shape) && Source.stride().SequenceEqual(other.Source.stride());

    /// <summary>source + change, rounded once.</summary>
    public Tensor Sum(Tensor change) => (Source.to(Type) + change).to(Source.dtype);

    /// <summary>source − (target − source), rounded once.</summary>
    public Tensor MirrorImage()
    {
        var middle = Source.to(Type);
        return (middle - (Target.to(Type, Source.device) - middle)).to(Source.dtype);
    }
}
