using System.Text.Json;
using System.Text.Json.Serialization;
using TorchOptimExt.ML.Modules;
using TorchOptimExt.ML.Scoring;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Saving;

/// <summary>A model as one text: what it predicts, how its module is made again, and its weights.</summary>
internal static partial class ModelText
{
    private const int Version = 1;

    internal sealed record Stored(int Version, TaskKind Task, string FeatureColumn, long Inputs, long Outputs, string? ModuleName, StoredMlp? Mlp, LabelKeys? Keys, byte[] Weights);

    internal sealed record StoredMlp(int[] HiddenSizes, Activation Activation, double Dropout, bool BatchNormalization);

    [JsonSourceGenerationOptions(UseStringEnumConverter = true)]
    [JsonSerializable(typeof(Stored))]
    private sealed partial class Json : JsonSerializerContext;

    internal static string Write(string featureColumn, TorchModel model)
    {
        var (name, mlp) = (model.Architecture.Name, model.Architecture.Mlp);
        if (name is null && mlp is null)
            throw new InvalidOperationException("The model's module is your own and has no name. Set TorchTrainerOptions.ModuleName and register it with TorchModules.Register, so that a saved model can be loaded.");
        if (name is not null && !TorchModules.Knows(name))
            throw new InvalidOperationException($"The model's module is named '{name}', which is not registered: call TorchModules.Register(\"{name}\", (inputs, outputs) => ...), here and where the model is loaded.");
        var stored = new Stored(Version, model.Task, featureColumn, model.Inputs, model.Outputs, name,
            mlp is null ? null : new([.. mlp.HiddenSizes], mlp.Activation, mlp.Dropout, mlp.BatchNormalization), model.Keys, ModuleBytes.Write(model.Module));
        return JsonSerializer.Serialize(stored, Json.Default.Stored);
    }

    /// <exception cref="InvalidDataException">The text is damaged or of another version.</exception>
    internal static (string featureColumn, TorchModel model) Read(string text)
    {
        var stored = Parse(text);
        if (stored.Version != Version) throw new InvalidDataException($"The model was written in version {stored.Version} of the format; this library reads version {Version}.");
        var mlp = stored.Mlp is { } m ? new MlpOptions { HiddenSizes = m.HiddenSizes, Activation = m.Activation, Dropout = m.Dropout, BatchNormalization = m.BatchNormalization } : null;
        var architecture = new Architecture(stored.ModuleName, mlp);
        var module = architecture.Make(stored.Inputs, stored.Outputs);
        try { ModuleBytes.Read(module, stored.Weights); }
        catch (Exception e)
        {
            module.Dispose();
            throw new InvalidDataException($"The model's weights do not fit the module{(stored.ModuleName is { } name ? $" that is registered as '{name}'" : "")}: {e.Message}", e);
        }
        return (stored.FeatureColumn, new TorchModel(stored.Task, stored.Inputs, stored.Outputs, architecture, stored.Keys, module, CPU));
    }

    private static Stored Parse(string text)
    {
        try { return JsonSerializer.Deserialize(text, Json.Default.Stored) ?? throw new InvalidDataException("The saved model is empty."); }
        catch (JsonException e) { throw new InvalidDataException($"The saved model is damaged: {e.Message}", e); }
    }
}
