using System.Text;

namespace Microsoft.ML;

/// <summary>Where transformers write themselves: first their signature, by which they are loaded, then what they need.</summary>
public sealed class ModelSaveContext : IDisposable
{
    private int _models;

    internal ModelSaveContext(Stream stream) => Writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);

    internal BinaryWriter Writer { get; }

    public void Dispose() => Writer.Dispose();

    internal void BeginModel(string signature)
    {
        _models++;
        Writer.Write(signature);
    }

    internal void SaveModel(ICanSaveModel model)
    {
        var before = _models;
        model.Save(this);
        Check.State(_models > before, $"{model.GetType()} wrote nothing that could be loaded: its Save must delegate to that of a transformer of ML.NET.");
    }
}
