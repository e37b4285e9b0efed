using System.Collections.Concurrent;
using System.Text;
using TorchOptimExt.Cuda;

namespace TorchOptimExt.Tests.Cuda;

/// <summary>
/// A driver of several devices that runs nothing, or what was compiled for the CPU: it notes what is asked of it, and refuses what CUDA
/// would refuse.
/// </summary>
internal sealed unsafe class FakeDriver : ICudaDriver
{
    private readonly ConcurrentDictionary<int, Stack<nint>> contexts = [];
    private readonly List<(string text, nint context)> modules = [];
    private readonly List<(int module, bool large)> functions = [];

    /// <summary>A launch: on which device and stream, how many blocks, and a copy of its arguments.</summary>
    public sealed record Launched(string Text, bool Large, int Device, nint Stream, uint Blocks, byte[] Arguments);

    /// <summary>Runs a text that was compiled; nothing where it is null.</summary>
    public Func<string, nint>? Runner { get; init; }

    public int[] Capabilities { get; init; } = [90];

    public bool LargeArguments { get; init; } = true;

    /// <summary>Makes a function fail with a message; gets its name.</summary>
    public Func<string, string?>? Fails { get; set; }

    /// <summary>Whether launches are kept; where time is measured they are not.</summary>
    public bool Keeps { get; init; } = true;

    public List<(string text, int capability)> Compiled { get; } = [];

    public List<Launched> Launches { get; } = [];

    public int Loads => modules.Count;

    public int Pushes { get; private set; }

    /// <summary>The stream of a device for the thread at hand.</summary>
    public Func<int, nint> Streams { get; set; } = device => 1000 + device;

    public nint CurrentContext() => Contexts.TryPeek(out var context) ? context : 0;

    public void PushContext(nint context)
    {
        Pushes++;
        Contexts.Push(context);
    }

    public void PopContext() => Contexts.Pop();

    public nint PrimaryContext(int device) => ContextOf(Checked(device));

    /// <summary>The context of a device.</summary>
    public static nint ContextOf(int device) => 100 + device;

    public int Capability(int device) => Capabilities[Checked(device)];

    public bool TakesLargeArguments(int device) => LargeArguments;

    public byte[] Compile(string text, int capability)
    {
        Fail(nameof(Compile));
        Compiled.Add((text, capability));
        return Encoding.UTF8.GetBytes(text);
    }

    public nint Load(byte[] image)
    {
        Fail(nameof(Load));
        Assert.NotEqual(0, CurrentContext());
        modules.Add((Encoding.UTF8.GetString(image), CurrentContext()));
        return modules.Count - 1;
    }

    public nint Function(nint module, string name)
    {
        Fail(nameof(Function));
        Assert.Contains($" {name}(", modules[(int)module].text);
        functions.Add(((int)module, name.EndsWith("_large")));
        return functions.Count;
    }

    public nint Stream(int device) => Streams(device);

    public void Launch(nint function, uint blocks, uint threads, nint stream, void* argument)
    {
        if (!Keeps) return;
        Fail(nameof(Launch));
        var (module, large) = functions[(int)function - 1];
        var (text, context) = modules[module];
        Assert.Equal(context, CurrentContext());        // of the device on which the function was loaded
        Assert.InRange(blocks, 1u, (uint)int.MaxValue);
        Assert.Equal((uint)KernelLayout.Threads, threads);
        var bytes = new ReadOnlySpan<byte>(argument, large ? KernelLayout.LargeBytes : KernelLayout.SmallBytes).ToArray();
        Launches.Add(new(text, large, (int)context - 100, stream, blocks, bytes));
        if (Runner?.Invoke(text) is { } run and not 0) ((delegate* unmanaged<void*, uint, int, void>)run)(argument, blocks, large ? 1 : 0);
    }

    private Stack<nint> Contexts => contexts.GetOrAdd(Environment.CurrentManagedThreadId, _ => new());

    // The CPU's tensors have the index −1.
    private int Checked(int device) => device >= 0 && device < Capabilities.Length ? device
        : device == -1 ? 0 : throw new CudaException($"no device {device}");

    private void Fail(string function)
    {
        if (Fails?.Invoke(function) is { } message) throw new CudaException(message);
    }
}
