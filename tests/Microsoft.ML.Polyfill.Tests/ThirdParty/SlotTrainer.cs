using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests.ThirdParty;

/// <summary>
/// A binary trainer as somebody outside ML.NET writes it: it implements the public interfaces alone and borrows
/// its schema from a built-in trainer. It scores by the slot whose class means differ most.
/// </summary>
public sealed class SlotTrainer(MLContext context, string label = "Label", string features = "Features") : IEstimator<SlotTransformer>
{
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => context.BinaryClassification.Trainers.LbfgsLogisticRegression(label, features).GetOutputSchema(inputSchema);

    public SlotTransformer Fit(IDataView input)
    {
        var labels = input.GetColumn<bool>(label).ToArray();
        var rows = input.GetColumn<float[]>(features).ToArray();
        using (var channel = ((Runtime.IChannelProvider)context).Start(nameof(SlotTrainer)))
            channel.Info(Runtime.MessageSensitivity.None, "trained on {0} rows", rows.Length);
        var best = Enumerable.Range(0, rows[0].Length).MaxBy(slot => Math.Abs(Mean(slot, true) - Mean(slot, false)));
        var (positive, negative) = (Mean(best, true), Mean(best, false));
        var scale = positive > negative ? 2f : -2f;
        return new SlotTransformer(context, features, input.Schema[features].Type, new SlotModel(best, scale, -scale * (positive + negative) / 2));

        float Mean(int slot, bool of) => rows.Where((_, i) => labels[i] == of).Select(row => row[slot]).Average();
    }
}
