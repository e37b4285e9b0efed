using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Base;

/// <summary>
/// What an optimizer remembers of one parameter: how many steps, some numbers, and some tensors of the parameter's
/// shape, dtype and device. Loading is staged, so that the optimizer takes over all of a file or nothing.
/// </summary>
public sealed class TensorState : OptimizerState, IDisposable
{
    private (long step, double[] numbers, Tensor[] tensors)? staged;

    internal TensorState(Parameter parameter, OptimizerBase owner, double[] numbers, Tensor[] tensors) : base(parameter)
    {
        Owner = owner;
        this.numbers = numbers;
        this.tensors = Array.ConvertAll(tensors, Own);
    }

    private OptimizerBase Owner { get; }

    /// <summary>How many steps this parameter was updated in.</summary>
    public long step { get; set; }

    /// <summary>The optimizer's numbers.</summary>
    public double[] numbers { get; private set; }

    /// <summary>The optimizer's tensors, of the parameter's shape, dtype and device.</summary>
    public Tensor[] tensors { get; private set; }

    /// <summary>Starts anew.</summary>
    public override void Initialize(OptimizerOptions options)
    {
        var (numbers, tensors) = Owner.Initial(_parameter, options);
        staged = (0, numbers, tensors);
        Commit();
    }

    /// <inheritdoc/>
    public override void SaveStateDict(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(step);
        writer.Write(numbers.Length);
        foreach (var number in numbers) writer.Write(number);
        writer.Write(tensors.Length);
        foreach (var tensor in tensors) tensor.Save(writer);
    }

    /// <summary>Reads and checks; what was read counts from when the optimizer has read everything else, too.</summary>
    /// <exception cref="InvalidDataException">The state of another optimizer, or of a parameter of another shape or dtype.</exception>
    public override void LoadStateDict(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        Discard();
        var steps = reader.ReadInt64();
        if (steps < 0) throw new InvalidDataException($"A step count of {steps} was read; the file is damaged.");
        var read = new double[Expect(reader, numbers.Length, "numbers")];
        for (var k = 0; k < read.Length; k++) read[k] = reader.ReadDouble();
        Expect(reader, tensors.Length, "tensors");
        var loaded = Array.ConvertAll(tensors, t => Own(empty_like(t)));
        try
        {
            foreach (var tensor in loaded) tensor.Load(reader);
        }
        catch (Exception e)
        {
            foreach (var tensor in loaded) tensor.Dispose();
            if (e is not ArgumentException) throw;
            throw new InvalidDataException($"The state has a tensor that does not fit a {_parameter.dtype} parameter of shape [{string.Join(", ", _parameter.shape)}]: it is of another model or the file is damaged.", e);
        }
        staged = (steps, read, loaded);
        Owner.Staged();
    }

    /// <inheritdoc/>
    public override void LoadStateDict(OptimizerState source)
    {
        Stage(source);
        Commit();
    }

    internal void Stage(OptimizerState source)
    {
        Discard();
        if (source is not TensorState other || other.numbers.Length != numbers.Length || other.tensors.Length != tensors.Length)
            throw new ArgumentException("This is not the state of such an optimizer.", nameof(source));
        foreach (var tensor in other.tensors)
            if (tensor.dtype != _parameter.dtype || !Shapes.Equal(tensor, _parameter))
                throw new ArgumentException($"The state has a {tensor.dtype} tensor of shape [{string.Join(", ", tensor.shape)}]; the parameter is {_parameter.dtype} of shape [{string.Join(", ", _parameter.shape)}].", nameof(source));
        staged = (other.step, (double[])other.numbers.Clone(), Array.ConvertAll(other.tensors, t => Own(t.to(_parameter.device, copy: true))));
    }

    internal void Commit()
    {
        if (staged is not var (steps, read, loaded)) return;
        staged = null;
        var old = tensors;
        (step, numbers, tensors) = (steps, read, Array.ConvertAll(loaded, Own));
        foreach (var tensor in old) tensor.Dispose();
    }

    internal void Discard()
    {
        foreach (var tensor in staged?.tensors ?? []) tensor.Dispose();
        staged = null;
    }

    /// <inheritdoc/>
    public override void to(Device device)
    {
        Owner.ThrowIfDisposed();
        for (var k = 0; k < tensors.Length; k++)
        {
            var moved = tensors[k].to(device);
            if (ReferenceEquals(moved, tensors[k])) continue;
            tensors[k].Dispose();
            tensors[k] = Own(moved);
        }
    }

    /// <inheritdoc/>
    public override bool ApproximatelyEquals(OptimizerState other) =>
        other is TensorState t && t.step == step && t.numbers.SequenceEqual(numbers) && t.tensors.Length == tensors.Length
        && t.tensors.Zip(tensors).All(pair => pair.First.allclose(pair.Second));

    /// <inheritdoc/>
    public void Dispose()
    {
        Discard();
        foreach (var tensor in tensors) tensor.Dispose();
    }

    private static Tensor Own(Tensor tensor) => tensor.DetachFromDisposeScope();

    private static int Expect(BinaryReader reader, int expected, string what)
    {
        var found = reader.ReadInt32();
        return found == expected ? found : throw new InvalidDataException($"The state has {found} {what} a parameter, not {expected}: it is of another optimizer or the file is damaged.");
    }
}
