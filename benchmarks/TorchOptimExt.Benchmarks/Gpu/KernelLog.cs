using Microsoft.Extensions.Logging;

namespace TorchOptimExt.Benchmarks.Gpu;

/// <summary>Shows warnings and keeps how long kernels took to compile.</summary>
internal sealed class KernelLog : ILogger
{
    private readonly List<double> times = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Warning) Console.WriteLine(formatter(state, exception));
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> values) return;
        foreach (var (name, value) in values)
            if (name == "Milliseconds" && value is double milliseconds) times.Add(milliseconds);
    }

    public void Summarize()
    {
        if (times.Count > 0)
            Console.WriteLine($"{times.Count} kernels compiled: the first in {times[0]:F0} ms, the others in {times.Skip(1).DefaultIfEmpty(0).Average():F0} ms on average, {times.Max():F0} ms at most.");
    }
}
