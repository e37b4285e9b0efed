using System.Text.Json;
using System.Text.Json.Serialization;
using TorchOptimExt.ML.Data;
using TorchOptimExt.ML.Modules;
using TorchOptimExt.ML.Scoring;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Saving;

/// <summary>
/// A model as a text that says what it predicts and how its module is made again, and the weights, as the module saves itself.
/// </summary>
internal static partial class ModelText
{
    private const int Version = 2;

    internal sealed record Stored(int Version, TaskKind Task, string FeatureColumn, long Inputs, long Outputs, string? ModuleName,
        Mlp? Mlp, LabelKeys? Keys, Scale? FeatureScale, Scale? LabelScale, float Threshold, int? WeightsApart = null);

    [JsonSourceGenerationOptions(UseStringEnumConverter = true)]
    [JsonSerializable(typeof(Stored))]
    private sealed partial class Json : JsonSerializerContext;

    /// <param name="featureColumn">The name of the feature column.</param>
    /// <param name="model">The model.</param>
    /// <param name="weightsApart">The number of its weights where they are kept apart from the text; null where beside it.</param>
    /// <exception cref="InvalidOperationException">The module could not be made again by who loads the model.</exception>
    internal static string Write(string featureColumn, TorchModel model, int? weightsApart = null)
    {
        model.Architecture.Require();
        var stored = new Stored(Version, model.Task, featureColumn, model.Inputs, model.Outputs, model.Architecture.Name,
            model.Architecture.Mlp, model.Keys, model.FeatureScale, model.LabelScale, model.Threshold, weightsApart);
        return JsonSerializer.Serialize(stored, Json.Default.Stored);
    }

    /// <param name="text">What <see cref="Write"/> gave.</param>
    /// <param name="weights">The weights, of a number where they are kept apart.</param>
    /// <exception cref="InvalidDataException">The text is damaged or of another version, or the weights do not fit.</exception>
    internal static (string featureColumn, TorchModel model) Read(string text, Func<int?, Stream> weights)
    {
        var stored = Parse(text);
        if (stored.Version != Version)
            throw new InvalidDataException($"The model was written in version {stored.Version} of the format; this library reads "
                + $"version {Version}.");
        var architecture = new Architecture(stored.ModuleName, stored.Mlp);
        var module = architecture.Make(stored.Inputs, stored.Outputs);
        try { ModuleBytes.Read(module, weights(stored.WeightsApart)); }
        catch (Exception e)
        {
            module.Dispose();
            var which = stored.ModuleName is { } name ? $" that is registered as '{name}'" : "";
            throw new InvalidDataException($"The model's weights do not fit the module{which}: {e.Message}", e);
        }
        return (stored.FeatureColumn, new TorchModel(stored.Task, stored.Inputs, stored.Outputs, architecture, module, CPU)
        {
            Keys = stored.Keys,
            FeatureScale = stored.FeatureScale,
            LabelScale = stored.LabelScale,
            Threshold = stored.Threshold,
        });
    }

    private static Stored Parse(string text)
    {
        try { return JsonSerializer.Deserialize(text, Json.Default.Stored) ?? throw new InvalidDataException("The saved model is empty."); }
        catch (JsonException e) { throw new InvalidDataException($"The saved model is damaged: {e.Message}", e); }
    }
}
