using System.Globalization;
using Microsoft.ML;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML.Saving;

/// <summary>How a saved model of multiclass classification scores: what the other tasks do in one custom mapping.</summary>
internal static class MulticlassSteps
{
    private const int MaxClasses = 8191;
    private const string Class = "TorchModelClass";

    internal static IEnumerable<IEstimator<ITransformer>> Of(MLContext context, TorchModel model)
    {
        if (model.Outputs > MaxClasses) throw new InvalidOperationException($"The model has {model.Outputs} classes; at most {MaxClasses} can be saved.");
        var sizes = Enumerable.Range(0, 13).Reverse().Select(bit => 1 << bit).Where(size => (model.Outputs & size) != 0).ToList();
        string[] pieces = [.. sizes.Select(size => $"TorchModelPiece{size}")];
        return
        [
            context.Transforms.CustomMapping<ScoreInput, ScoresOutput>(new ScoresFactory().GetMapping(), ScoresFactory.Contract),
            .. sizes.Select(size => Piece(context, size)),
            context.Transforms.Concatenate(ScoreColumns.Score, pieces),
            .. PredictedLabel(context, model),
            context.Transforms.DropColumns([nameof(ScoresOutput.TorchModelScores), nameof(ScoresOutput.TorchModelLargest), Class, .. pieces]),
        ];
    }

    private static IEstimator<ITransformer> Piece(MLContext context, int size) => size switch
    {
        1 => context.Transforms.CustomMapping<ScoresInput, Piece1>(new Piece1Factory().GetMapping(), Piece1Factory.Contract),
        2 => context.Transforms.CustomMapping<ScoresInput, Piece2>(new Piece2Factory().GetMapping(), Piece2Factory.Contract),
        4 => context.Transforms.CustomMapping<ScoresInput, Piece4>(new Piece4Factory().GetMapping(), Piece4Factory.Contract),
        8 => context.Transforms.CustomMapping<ScoresInput, Piece8>(new Piece8Factory().GetMapping(), Piece8Factory.Contract),
        16 => context.Transforms.CustomMapping<ScoresInput, Piece16>(new Piece16Factory().GetMapping(), Piece16Factory.Contract),
        32 => context.Transforms.CustomMapping<ScoresInput, Piece32>(new Piece32Factory().GetMapping(), Piece32Factory.Contract),
        64 => context.Transforms.CustomMapping<ScoresInput, Piece64>(new Piece64Factory().GetMapping(), Piece64Factory.Contract),
        128 => context.Transforms.CustomMapping<ScoresInput, Piece128>(new Piece128Factory().GetMapping(), Piece128Factory.Contract),
        256 => context.Transforms.CustomMapping<ScoresInput, Piece256>(new Piece256Factory().GetMapping(), Piece256Factory.Contract),
        512 => context.Transforms.CustomMapping<ScoresInput, Piece512>(new Piece512Factory().GetMapping(), Piece512Factory.Contract),
        1024 => context.Transforms.CustomMapping<ScoresInput, Piece1024>(new Piece1024Factory().GetMapping(), Piece1024Factory.Contract),
        2048 => context.Transforms.CustomMapping<ScoresInput, Piece2048>(new Piece2048Factory().GetMapping(), Piece2048Factory.Contract),
        4096 => context.Transforms.CustomMapping<ScoresInput, Piece4096>(new Piece4096Factory().GetMapping(), Piece4096Factory.Contract),
        _ => throw new ArgumentOutOfRangeException(nameof(size), size, null),
    };

    // A key whose values are those of the label that the model was trained on, in the same order.
    private static IEnumerable<IEstimator<ITransformer>> PredictedLabel(MLContext context, TorchModel model)
    {
        var keys = model.Keys ?? new LabelKeys("uint", [.. Enumerable.Range(1, (int)model.Outputs).Select(k => k.ToString(CultureInfo.InvariantCulture))]);
        return LabelType.Named(keys.Type).ToKey(context, nameof(ScoresOutput.TorchModelLargest), Class, ScoreColumns.PredictedLabel, keys.Values);
    }
}
