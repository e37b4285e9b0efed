using System.Text;
using TorchOptimExt.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Stepping;

/// <summary>Reads a state file into one of TorchSharp's optimizers: all of it or nothing.</summary>
internal static class StateReader
{
    public static void Read(OptimizerHelper optimizer, string location)
    {
        using var reader = new BinaryReader(File.OpenRead(location));
        Read(optimizer, reader);
    }

    public static void Read(OptimizerHelper optimizer, BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var before = new ChunkedStream();
        using (var writer = new BinaryWriter(before, Encoding.UTF8, leaveOpen: true)) optimizer.save_state_dict(writer);
        try
        {
            Load(optimizer, reader);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            before.Position = 0;
            Load(optimizer, new BinaryReader(before));
            throw new InvalidDataException($"This is no state of this {optimizer.GetType().Name}, or it is damaged; nothing was changed. "
                + $"TorchSharp says: {e.Message.Split('\n')[0]}", e);
        }
    }

    // What is made meanwhile belongs to the optimizer, not to a dispose scope that is open here.
    private static void Load(OptimizerHelper optimizer, BinaryReader reader)
    {
        using var scope = NewDisposeScope();
        try
        {
            optimizer.load_state_dict(reader);
        }
        finally
        {
            scope.Detach(scope.DisposablesView);
        }
    }
}
