using System.Text;
using TorchOptimExt.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Checkpointing;

/// <summary>
/// An optimizer: its class, groups and parameters in words, then TorchSharp's own state file. It is the last part of a
/// checkpoint, so that a load without an optimizer leaves it aside.
/// </summary>
internal static class OptimizerSection
{
    public static void Write(BinaryWriter writer, OptimizerHelper? optimizer, nn.Module module)
    {
        writer.Write(optimizer is not null);
        if (optimizer is null) return;
        var layout = Layout(optimizer, module);
        writer.Write(layout.Count);
        layout.ForEach(writer.Write);
        optimizer.save_state_dict(writer);
    }

    public static void Load(BinaryReader reader, OptimizerHelper? optimizer, nn.Module module, Stack<Action> undo)
    {
        if (optimizer is null) return;
        if (!CheckpointFile.ReadFlag(reader)) throw new InvalidDataException("has no optimizer: load the module alone.");
        Compare([.. Enumerable.Range(0, CheckpointFile.ReadCount(reader, 1)).Select(_ => reader.ReadString())], Layout(optimizer, module));
        var start = reader.BaseStream.Position;
        Replace(reader, optimizer, undo);
        if (!IsWhatStands(reader.BaseStream, start, optimizer))
            throw new InvalidDataException(
                $"has an optimizer state that {optimizer.GetType().Name} does not read as it stands: another version of TorchSharp or " +
                    "of this library wrote it.");
    }

    // TorchSharp reads what it never writes (a flag of 7) and stops before what is left over: what was loaded, written again, is the
    // file's.
    private static bool IsWhatStands(Stream content, long start, OptimizerHelper optimizer)
    {
        if (content.Position != content.Length) return false;
        content.Position = start;
        var same = new ComparingStream(content);
        using (var writer = new BinaryWriter(same, Encoding.UTF8, leaveOpen: true)) optimizer.save_state_dict(writer);
        return same.IsSame && content.Position == content.Length;
    }

    private static void Replace(BinaryReader reader, OptimizerHelper optimizer, Stack<Action> undo)
    {
        var before = new ChunkedStream();
        using (var writer = new BinaryWriter(before, Encoding.UTF8, leaveOpen: true)) optimizer.save_state_dict(writer);
        undo.Push(() =>
        {
            before.Position = 0;
            LoadState(new BinaryReader(before), optimizer);
        });
        try
        {
            LoadState(reader, optimizer);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException($"has an optimizer state that {optimizer.GetType().Name} cannot read: {e.Message}", e);
        }
    }

    // Some states make new tensors while they load: those belong to the optimizer, not to a dispose scope that is open here.
    private static void LoadState(BinaryReader reader, OptimizerHelper optimizer)
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

    private static void Compare(List<string> saved, List<string> own)
    {
        var k = saved.Zip(own).TakeWhile(pair => pair.First == pair.Second).Count();
        if (k < Math.Max(saved.Count, own.Count))
            throw new InvalidDataException(
                $"is of another optimizer or of other parameter groups: it has {At(saved)} where the optimizer has {At(own)}.");

        string At(List<string> lines) => k < lines.Count ? $"'{lines[k]}'" : "no more parameters";
    }

    // The class, then each parameter of each group. Names tell parameters of the same shape apart.
    private static List<string> Layout(OptimizerHelper optimizer, nn.Module module)
    {
        var names = new Dictionary<nint, string>();
        foreach (var (name, parameter) in module.named_parameters()) names.TryAdd(parameter.Handle, name);
        var lines = new List<string> { optimizer.GetType().Name };
        var number = 0;
        foreach (var group in optimizer.ParamGroups.Cast<ParamGroup>())
        {
            lines.Add($"group {number++}");
            lines.AddRange(group.Parameters.Select(p => $"{names.GetValueOrDefault(p.Handle, "(not of the module)")} " +
                $"{ModuleSection.Describe(p.dtype, p.shape)}"));
        }
        return lines;
    }
}
