using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML.Saving;

/// <summary>
/// The models behind the text that a loaded pipeline carries from row to row. The text of a pipeline is one object: its
/// model is made when it is first seen and goes when the text does. Where making it failed, it is tried again: its module may be
/// registered by then.
/// </summary>
internal static class LoadedModels
{
    private static readonly ConditionalWeakTable<object, TorchModel> Models = [];

    internal static bool Knows(ReadOnlyMemory<char> text) => Models.TryGetValue(Identity(text), out _);

    internal static TorchModel Of(ReadOnlyMemory<char> text, VBuffer<byte> weights)
    {
        var identity = Identity(text);
        // Of two threads that come first at once, one makes it for both.
        return Models.TryGetValue(identity, out var known) ? known : Make();

        MemoryStream Stream(int? _) => new(weights.GetValues().ToArray(), writable: false);

        TorchModel Make()
        {
            lock (identity) return Models.GetValue(identity, _ => ModelText.Read(text.ToString(), Stream).model);
        }
    }

    private static object Identity(ReadOnlyMemory<char> text) => MemoryMarshal.TryGetString(text, out var whole, out _, out _) ? whole
        : MemoryMarshal.TryGetArray(text, out var segment) ? segment.Array!
            : throw new InvalidDataException("The model's text lies in memory of an unknown kind.");
}
