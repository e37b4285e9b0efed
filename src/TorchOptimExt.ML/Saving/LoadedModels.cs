using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchOptimExt.ML.Saving;

/// <summary>
/// The models behind the text that a loaded pipeline carries from row to row. The text of a pipeline is one object: its
/// model is made when it is first seen and goes when the text does. Where making it failed, it is tried again: its module may be registered by then.
/// </summary>
internal static class LoadedModels
{
    private static readonly ConditionalWeakTable<object, Lazy<TorchModel>> Models = [];

    internal static TorchModel Of(ReadOnlyMemory<char> text)
    {
        object identity = MemoryMarshal.TryGetString(text, out var whole, out _, out _) ? whole
            : MemoryMarshal.TryGetArray(text, out var segment) ? segment.Array! : throw new InvalidDataException("The model's text lies in memory of an unknown kind.");
        return Models.GetValue(identity, _ => new(() => ModelText.Read(text.ToString()).model, LazyThreadSafetyMode.PublicationOnly)).Value;
    }
}
