using System.Diagnostics.CodeAnalysis;
using TorchOptimExt.Checkpointing;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;
using static TorchSharp.torch.optim.lr_scheduler;

namespace TorchOptimExt;

/// <summary>
/// A training's state in one file: a module's parameters and buffers, an optimizer's hyperparameters and state, a
/// schedule's position, the random state of the CPU, and values of the user's own.
/// </summary>
/// <remarks>
/// <para>The file is whole or absent. It is written beside its place under a temporary name of its own, forced to the disk and
/// then renamed: a process killed at any moment leaves the last whole file, and a load continues bitwise on the same
/// trajectory. A load verifies all of the file before it changes anything, and changes everything or nothing.</para>
/// <para>Several may save to one path and read it at the same time: it always names a whole file, the last one that was finished.
/// Where the path is a symbolic link, the file that it leads to is replaced. On Unix a file keeps its permissions.</para>
/// <para>What a file does not hold: gradients, the architecture, whether the module is in training mode, non-persistent
/// buffers, and the random state of other devices (reseed those when resuming).</para>
/// <para>An optimizer's file loads into the same class with the same groups of the same parameters; a TorchSharp optimizer
/// and its fused version are interchangeable. Hyperparameters and learning rates become those of the file, and so do the
/// numbers of a schedule, such as StepLR's gamma, as in PyTorch. The lambdas of a schedule are code and are not saved.</para>
/// <para>While it loads, the module's tensors are held twice in memory, and so is the optimizer's state.</para>
/// </remarks>
/// <example>
/// <code>
/// var next = 0;
/// if (File.Exists("training.ckpt")) next = (int)Checkpoint.Load("training.ckpt", model, optimizer, scheduler).Values["epoch"] + 1;
/// for (var epoch = next; epoch &lt; 100; epoch++)
/// {
///     Train(model, optimizer);     // your loop over the data
///     scheduler.step();
///     Checkpoint.Save("training.ckpt", model, optimizer, scheduler, new Dictionary&lt;string, object&gt; { ["epoch"] = epoch });
/// }
/// </code>
/// </example>
public sealed class Checkpoint
{
    private Checkpoint(IReadOnlyDictionary<string, object> values) => Values = values;

    /// <summary>The values that were given to <see cref="Save"/>, with the types that they had there.</summary>
    public IReadOnlyDictionary<string, object> Values { get; }

    /// <summary>Writes a checkpoint. A file that is there already is replaced in one move, or stays as it is where this fails.</summary>
    /// <param name="path">The file; its folder must exist. While writing there is a second file beside it, whose name ends in
    /// <c>.partial</c>.</param>
    /// <param name="module">The module, whose parameters and persistent buffers are saved.</param>
    /// <param name="optimizer">The optimizer: TorchSharp's, fused, or of this library; not <c>LBFGS</c>, whose state TorchSharp cannot
    /// read. Null saves none.</param>
    /// <param name="scheduler">The schedule of <paramref name="optimizer"/>, of TorchSharp or this library, or one whose fields are numbers
    /// and lists of numbers; null saves none.</param>
    /// <param name="values">What else is to be found again: bool, int, long, float, double, string, or an array of byte, int, long, float
    /// or double.</param>
    /// <exception cref="ArgumentNullException"><paramref name="path"/> or <paramref name="module"/> is null.</exception>
    /// <exception cref="ArgumentException">The path is empty, the optimizer, the schedule or a value cannot be saved, or there is a
    /// schedule without an optimizer.</exception>
    /// <exception cref="ObjectDisposedException">The module, a part of it, or the optimizer was disposed. The file stays as it
    /// is.</exception>
    /// <exception cref="IOException">The file cannot be written, for example because its folder does not exist or the disk is
    /// full.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or its folder may not be written.</exception>
    [RequiresUnreferencedCode("A schedule's position is read from the fields of its class, which trimming may remove.")]
    public static void Save(string path, nn.Module module, Optimizer? optimizer = null, LRScheduler? scheduler = null,
        IReadOnlyDictionary<string, object>? values = null)
    {
        var helper = Check(path, module, optimizer, scheduler);
        Disposed.Refuse(module, helper);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        CheckpointFile.Write(path, writer =>
        {
            ValueTable.Write(writer, values ?? new Dictionary<string, object>());
            RandomState.Write(writer);
            ScheduleSection.Write(writer, scheduler);
            ModuleSection.Write(writer, module);
            OptimizerSection.Write(writer, helper, module);
        });
    }

    /// <summary>Restores what a checkpoint holds into objects of the same kinds; all of it or nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="module">A module with the same names, shapes and dtypes, on any device.</param>
    /// <param name="optimizer">An optimizer of the same class with the same groups of the same parameters; null leaves that of the file
    /// aside.</param>
    /// <param name="scheduler">A schedule of the same class, made for <paramref name="optimizer"/>; null leaves that of the file
    /// aside.</param>
    /// <param name="restoreRandomState">Whether the default CPU generator continues where it was; pass false where a module is loaded only
    /// to be used.</param>
    /// <returns>The checkpoint, with the user's values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="path"/> or <paramref name="module"/> is null.</exception>
    /// <exception cref="ArgumentException">The path is empty, the optimizer or schedule is of a kind that cannot be saved, or there is a
    /// schedule without an optimizer.</exception>
    /// <exception cref="ObjectDisposedException">The module, a part of it, or the optimizer was disposed.</exception>
    /// <exception cref="CheckpointException">The file is damaged, of another version, or differs from the module, optimizer or schedule:
    /// the message says how. Nothing was changed.</exception>
    /// <exception cref="IOException">The file cannot be read: <see cref="FileNotFoundException"/> where there is none.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or the path is a folder.</exception>
    [RequiresUnreferencedCode("A schedule's position is read from the fields of its class, which trimming may remove.")]
    public static Checkpoint Load(string path, nn.Module module, Optimizer? optimizer = null, LRScheduler? scheduler = null,
        bool restoreRandomState = true)
    {
        var helper = Check(path, module, optimizer, scheduler);
        Disposed.Refuse(module, helper);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return CheckpointFile.Read(path, reader =>
        {
            var values = ValueTable.Read(reader);
            var random = RandomState.Read(reader);
            var schedule = ScheduleSection.Read(reader, scheduler);
            var tensors = ModuleSection.Read(reader, module);
            Transaction.Run(
                undo => OptimizerSection.Load(reader, helper, module, undo),
                undo => ModuleSection.Apply(tensors, undo),
                undo => { if (restoreRandomState) RandomState.Apply(random, undo); },
                schedule);
            return new Checkpoint(values);
        });
    }

    /// <summary>Verifies a checkpoint and reads the user's values; restores nothing.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The checkpoint, with the user's values.</returns>
    /// <exception cref="ArgumentException">The path is null or empty.</exception>
    /// <exception cref="CheckpointException">The file is damaged or of another version.</exception>
    /// <exception cref="IOException">The file cannot be read: <see cref="FileNotFoundException"/> where there is none.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or the path is a folder.</exception>
    public static Checkpoint Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return CheckpointFile.Read(path, reader => new Checkpoint(ValueTable.Read(reader)));
    }

    private static TorchSharp.Modules.OptimizerHelper? Check(string path, nn.Module module, Optimizer? optimizer, LRScheduler? scheduler)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(module);
        if (scheduler is not null && optimizer is null)
            throw new ArgumentException("A schedule needs its optimizer, whose learning rates it has set: give that, too.",
                nameof(optimizer));
        return optimizer switch
        {
            null => null,
            TorchSharp.Modules.OptimizerHelper helper => helper,
            _ => throw new ArgumentException($"{optimizer.GetType().Name} keeps its state inside libtorch, where TorchSharp cannot " +
                "read it: it cannot be part of a checkpoint.", nameof(optimizer)),
        };
    }
}
