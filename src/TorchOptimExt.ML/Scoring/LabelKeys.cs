using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Scoring;

/// <summary>The classes' values in the order of their keys, as text, and their type's name: what a label column's KeyValues annotation holds.</summary>
internal sealed record LabelKeys(string Type, IReadOnlyList<string> Values)
{
    internal static LabelKeys? Of(DataViewSchema.Column label) => LabelType.Of(label) is { } type ? new(type.Name, type.Read(label)) : null;

    /// <summary>The values as text: the names of the score's slots.</summary>
    internal VBuffer<ReadOnlyMemory<char>> Names => new(Values.Count, [.. Values.Select(v => v.AsMemory())]);

    /// <summary>Adds them to annotations under a name, with their type.</summary>
    internal void AddTo(DataViewSchema.Annotations.Builder builder, string name) => LabelType.Named(Type).AddTo(builder, name, Values);
}
