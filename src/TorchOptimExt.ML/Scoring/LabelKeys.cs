using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Scoring;

/// <summary>
/// The names of classes in the order of their keys, or of outputs, as text, and their type's name: what the label column's annotations
/// hold.
/// </summary>
internal sealed record LabelKeys(string Type, IReadOnlyList<string> Values)
{
    /// <summary>The values of a key column.</summary>
    internal static LabelKeys? Of(DataViewSchema.Column label) => LabelType.Of(label) is { } type ? new(type.Name, type.Read(label)) : null;

    /// <summary>The names of a vector column's slots.</summary>
    internal static LabelKeys? Slots(DataViewSchema.Column label)
    {
        if (!label.HasSlotNames()) return null;
        VBuffer<ReadOnlyMemory<char>> names = default;
        label.GetSlotNames(ref names);
        return new("text", [.. names.DenseValues().Select(name => name.ToString())]);
    }

    /// <summary>The names of the two truths.</summary>
    internal static LabelKeys Truths { get; } = new("bool", ["false", "true"]);

    /// <summary>Adds the values as text: the names of the score's slots.</summary>
    internal void AddNamesTo(DataViewSchema.Annotations.Builder builder)
    {
        VBuffer<ReadOnlyMemory<char>> names = new(Values.Count, [.. Values.Select(v => v.AsMemory())]);
        builder.Add("SlotNames", new VectorDataViewType(TextDataViewType.Instance, Values.Count),
            (ref VBuffer<ReadOnlyMemory<char>> target) => names.CopyTo(ref target));
    }

    /// <summary>Adds them to annotations under a name, with their type.</summary>
    internal void AddTo(DataViewSchema.Annotations.Builder builder, string name) => LabelType.Named(Type).AddTo(builder, name, Values);
}
