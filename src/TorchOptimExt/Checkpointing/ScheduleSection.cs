using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using TorchOptimExt.Schedules;
using static TorchSharp.torch.optim;
using static TorchSharp.torch.optim.lr_scheduler;

namespace TorchOptimExt.Checkpointing;

/// <summary>
/// A schedule's position. This library's decays say where they stand. TorchSharp's schedulers have no state dictionary, so the
/// numbers are taken from the fields, which is what PyTorch's do too: counters, rates, and the same of schedulers within, as
/// SequentialLR has them.
/// </summary>
[RequiresUnreferencedCode("Reads the fields of a schedule's class.")]
internal static class ScheduleSection
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>A saved field. Its setter takes a value of the same type and length that fits; without one the values must be
    /// equal.</summary>
    private sealed record Entry(string Name, object Value, Action<object>? Set, Func<object, bool>? Fits = null);

    public static void Write(BinaryWriter writer, LRScheduler? scheduler)
    {
        writer.Write(scheduler is not null);
        if (scheduler is not null) ValueTable.Write(writer, Entries("", scheduler).ToDictionary(e => e.Name, e => e.Value));
    }

    /// <summary>Reads and checks a position, and gives the change that takes it over.</summary>
    public static Action<Stack<Action>> Read(BinaryReader reader, LRScheduler? scheduler)
    {
        var saved = CheckpointFile.ReadFlag(reader) ? ValueTable.Read(reader) : null;
        if (scheduler is null) return _ => { };
        if (saved is null) throw new InvalidDataException("has no schedule: load it without one.");
        var own = Entries("", scheduler).ToList();
        foreach (var entry in own) Compare(entry, saved.GetValueOrDefault(entry.Name));
        if (own.Count != saved.Count)
            throw new InvalidDataException($"is of another schedule: it also has '{saved.Keys.Except(own.Select(e => e.Name)).First()}'.");
        return undo =>
        {
            undo.Push(() => own.ForEach(entry => entry.Set?.Invoke(entry.Value)));
            own.ForEach(entry => entry.Set?.Invoke(saved[entry.Name]));
            if (Entries("", scheduler).FirstOrDefault(now => !Same(now.Value, saved[now.Name])) is { } other)
                throw new InvalidDataException($"has a schedule whose '{other.Name}' does not follow from its other values.");
        };
    }

    private static bool Same(object own, object saved) =>
        own is Array a && saved is Array b ? a.Cast<object>().SequenceEqual(b.Cast<object>()) : own.Equals(saved);

    private static void Compare(Entry entry, object? saved)
    {
        var fits = entry.Set is null ? entry.Value.Equals(saved)
            : entry.Value.GetType() == saved?.GetType() && (entry.Fits?.Invoke(saved) ?? SameLength(entry.Value, saved) && !HasNaN(saved));
        if (!fits)
            throw new InvalidDataException(
                $"is of another schedule: '{entry.Name}' is {Describe(saved)} in the file and {Describe(entry.Value)} in the schedule.");
    }

    private static bool SameLength(object own, object saved) => own is not Array array || array.Length == ((Array)saved).Length;

    private static bool HasNaN(object value) => value is double.NaN || value is double[] numbers && numbers.Any(double.IsNaN);

    private static string Describe(object? value) => value switch
    {
        null => "absent",
        Array a => $"{a.Length} numbers",
        _ => $"{value}",
    };

    private static IEnumerable<Entry> Entries(string prefix, LRScheduler scheduler)
    {
        if (scheduler is Decay decay) return Entries(prefix, decay);
        return Entries(prefix, scheduler, scheduler.GetType());
    }

    // The name, t and TorchSharp's t, and a row of numbers for each group.
    private static IEnumerable<Entry> Entries(string prefix, Decay decay)
    {
        int[] times = [decay.Position, decay.Epoch];
        yield return new(prefix + "decay", decay.ToString(), null);
        yield return new(prefix + "times", times, value => times = (int[])value,
            value => value is int[] and [>= 0, var epoch] saved && (epoch == saved[0] || epoch == saved[0] - 1));
        yield return new(prefix + "groups", decay.Rows, value => decay.Restore(times[0], times[1], (double[])value),
            value => value is double[] saved && decay.Takes(saved));
    }

    private static IEnumerable<Entry> Entries(string prefix, LRScheduler scheduler, Type? type)
    {
        yield return new(prefix + "class", scheduler.GetType().Name, null);
        for (; type != typeof(object); type = type!.BaseType)
            foreach (var field in type!.GetFields(Own))
                foreach (var entry in Entries($"{prefix}{type.Name}.{field.Name}", field, scheduler))
                    yield return entry;
    }

    private static IEnumerable<Entry> Entries(string name, FieldInfo field, LRScheduler scheduler) => field.GetValue(scheduler) switch
    {
        var value and (bool or int or long or double) => [new(name, value, v => field.SetValue(scheduler, v))],
        string text => [new(name, text, null)],
        List<double> list => [new(name, list.ToArray(), v => Copy((double[])v, list))],
        double[] array => [new(name, array.Clone(), v => ((double[])v).CopyTo(array, 0))],
        List<int> list => [new(name, list.ToArray(), v => Copy((int[])v, list))],
        int[] array => [new(name, array.Clone(), v => ((int[])v).CopyTo(array, 0))],
        LRScheduler inner => Entries(name + ".", inner),
        IEnumerable<LRScheduler> inner => inner.SelectMany((s, k) => Entries($"{name}[{k}].", s)),
        var other => Unsaved(name, field, other),
    };

    // TorchSharp's schedulers are known to keep nothing else that changes. What another's keeps is not.
    private static IEnumerable<Entry> Unsaved(string name, FieldInfo field, object? value)
    {
        if (field.DeclaringType!.Assembly == typeof(LRScheduler).Assembly || value is null or Enum or Delegate or Optimizer) return [];
        throw new ArgumentException(
            $"The schedule's field '{name}' is a {field.FieldType}: a checkpoint holds numbers, lists of numbers, and schedules.",
                "scheduler");
    }

    private static void Copy<T>(T[] source, List<T> target)
    {
        for (var k = 0; k < source.Length; k++) target[k] = source[k];
    }
}
