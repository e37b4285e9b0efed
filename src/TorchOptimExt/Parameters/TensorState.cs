using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Parameters;

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

    /// <summary>How many steps have updated this parameter.</summary>
    public long step { get; set; }

    /// <summary>The numbers that <see cref="OptimizerBase.InitialState"/> made, as steps have changed them.</summary>
    public double[] numbers { get; private set; }

    /// <summary>The tensors that <see cref="OptimizerBase.InitialState"/> made, as steps have changed them; the state owns them. A load
    /// replaces them.</summary>
    public Tensor[] tensors { get; private set; }

    /// <summary>Starts anew with 0 steps and the initial numbers and tensors.</summary>
    /// <param name="options">The hyperparameters of the parameter's group.</param>
    public override void Initialize(OptimizerOptions options)
    {
        var (numbers, tensors) = Owner.Initial(_parameter, options);
        staged = (0, numbers, tensors);
        Commit();
    }

    /// <summary>Writes steps, numbers and tensors.</summary>
    /// <param name="writer">Where to write.</param>
    /// <exception cref="ArgumentNullException"><paramref name="writer"/> is null.</exception>
    public override void SaveStateDict(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(step);
        writer.Write(numbers.Length);
        foreach (var number in numbers) writer.Write(number);
        writer.Write(tensors.Length);
        foreach (var tensor in tensors)
        {
            using var rows = tensor.contiguous();       // row by row, whatever the order in memory
            rows.Save(writer);
        }
    }

    /// <summary>Reads and checks what <see cref="SaveStateDict"/> wrote; it is taken over once the optimizer has read all of its
    /// state.</summary>
    /// <param name="reader">Where to read.</param>
    /// <exception cref="ArgumentNullException"><paramref name="reader"/> is null.</exception>
    /// <exception cref="InvalidDataException">What is read is the state of another optimizer, or of a parameter of another shape or dtype;
    /// nothing is changed then.</exception>
    /// <exception cref="EndOfStreamException">There is too little to read; nothing is changed then.</exception>
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
            using var quiet = no_grad();
            foreach (var tensor in loaded)
            {
                using var rows = empty(tensor.shape, tensor.dtype, CPU);
                rows.Load(reader);
                tensor.copy_(rows);
            }
        }
        catch (Exception e)
        {
            foreach (var tensor in loaded) tensor.Dispose();
            if (e is not ArgumentException) throw;
            throw new InvalidDataException($"The state has a tensor that does not fit a {_parameter.dtype} parameter of shape " +
                $"[{string.Join(", ", _parameter.shape)}]: it is of another model or the file is damaged.", e);
        }
        staged = (steps, read, loaded);
        Owner.Staged();
    }

    /// <summary>Takes over steps, numbers and copies of the tensors from another state.</summary>
    /// <param name="source">The state of a parameter of the same shape and dtype in an optimizer of the same class.</param>
    /// <exception cref="ArgumentException">The state is of another optimizer, or its tensors are of another shape or dtype; nothing is
    /// changed then.</exception>
    public override void LoadStateDict(OptimizerState source)
    {
        Stage(source);
        Commit();
    }

    internal void Stage(OptimizerState source)
    {
        Discard();
        if (source is not TensorState other || other.Owner.GetType() != Owner.GetType() || other.numbers.Length != numbers.Length
            || other.tensors.Length != tensors.Length)
            throw new ArgumentException("This is not the state of such an optimizer.", nameof(source));
        foreach (var (tensor, own) in other.tensors.Zip(tensors))
            if (tensor.dtype != own.dtype || !Shapes.Equal(tensor, own))
                throw new ArgumentException($"The state has a {tensor.dtype} tensor of shape [{string.Join(", ", tensor.shape)}]; " +
                    $"{own.dtype} of shape [{string.Join(", ", own.shape)}] is needed.", nameof(source));
        staged = (other.step, (double[])other.numbers.Clone(),
            Array.ConvertAll(other.tensors, t => Own(t.to(_parameter.device, copy: true))));
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

    /// <summary>Moves the tensors to a device.</summary>
    /// <param name="device">The device.</param>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
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

    /// <summary>Whether another state has the same steps and numbers, and tensors that are equal up to rounding
    /// (<c>allclose</c>).</summary>
    /// <param name="other">The other state.</param>
    /// <returns>False, too, where the other state is of another class or null.</returns>
    public override bool ApproximatelyEquals(OptimizerState other) =>
        other is TensorState t && t.step == step && t.numbers.SequenceEqual(numbers) && t.tensors.Length == tensors.Length
        && t.tensors.Zip(tensors).All(pair => pair.First.allclose(pair.Second));

    /// <summary>Disposes the tensors. The optimizer calls it.</summary>
    public void Dispose()
    {
        Discard();
        foreach (var tensor in tensors) tensor.Dispose();
    }

    /// <summary>A state of the same parameter with other contents, which copies nothing and is not the optimizer's.</summary>
    internal TensorState With(long step, double[] numbers, Tensor[] tensors) =>
        new(_parameter, Owner, numbers, []) { step = step, tensors = tensors };

    private static Tensor Own(Tensor tensor) => tensor.DetachFromDisposeScope();

    private static int Expect(BinaryReader reader, int expected, string what)
    {
        var found = reader.ReadInt32();
        return found == expected ? found : throw new InvalidDataException(
            $"The state has {found} {what} a parameter, not {expected}: it is of another optimizer or the file is damaged.");
    }
}
