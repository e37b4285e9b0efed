using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using TorchOptimExt.ML.Modules;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML.Saving;

/// <summary>
/// A model as a chain of ML.NET's own transformers, which save and load themselves: its text and weights in MapValues behind a
/// constant key, its scoring in custom mappings that are found again by their contracts, and helper columns dropped.
/// </summary>
internal static class ModelChain
{
    internal static TransformerChain<ITransformer> Make(string featureColumn, TorchModel model)
    {
        var context = new MLContext();
        var steps = WeightsApart.Current is { } apart ? Reference(context, featureColumn, model, apart.Add(model))
            : Steps(context, featureColumn, model);
        return steps.Aggregate(new EstimatorChain<ITransformer>(), (chain, step) => chain.Append(step))
            .Fit(Empty(context, featureColumn, model));
    }

    // Names a model whose weights are kept apart, for Restore.
    private static IEnumerable<IEstimator<ITransformer>> Reference(MLContext context, string featureColumn, TorchModel model,
        int weights) =>
    [
        context.Transforms.CustomMapping<NoInput, KeyOutput>(new KeyFactory().GetMapping(), KeyFactory.Contract),
        Constant(context, nameof(ScoreInput.TorchModelText), ModelText.Write(featureColumn, model, weights), TextDataViewType.Instance,
            nameof(KeyOutput.TorchModelKey)),
        context.Transforms.CustomMapping<TextInput, ApartOutput>(new ApartFactory().GetMapping(), ApartFactory.Contract),
    ];

    // The first four give the model to Restore.
    private static IEnumerable<IEstimator<ITransformer>> Steps(MLContext context, string featureColumn, TorchModel model)
    {
        var (text, weights) = (ModelText.Write(featureColumn, model), ModuleBytes.Write(model.Live));
        return
        [
            context.Transforms.CustomMapping<NoInput, KeyOutput>(new KeyFactory().GetMapping(), KeyFactory.Contract),
            Constant(context, nameof(ScoreInput.TorchModelText), text, TextDataViewType.Instance, nameof(KeyOutput.TorchModelKey)),
            context.Transforms.CustomMapping<TextInput, WeightsKeyOutput>(new WeightsKeyFactory().GetMapping(), WeightsKeyFactory.Contract),
            Constant(context, nameof(ScoreInput.TorchModelWeights), weights, new VectorDataViewType(NumberDataViewType.Byte,
                weights.Length), nameof(WeightsKeyOutput.TorchModelWeightsKey)),
            context.Transforms.CopyColumns(nameof(ScoreInput.TorchModelFeatures), featureColumn),
            .. Scoring(context, model),
            context.Transforms.DropColumns(nameof(KeyOutput.TorchModelKey), nameof(ScoreInput.TorchModelText),
                nameof(WeightsKeyOutput.TorchModelWeightsKey),
                nameof(ScoreInput.TorchModelWeights), nameof(ScoreInput.TorchModelFeatures)),
        ];
    }

    private static IEnumerable<IEstimator<ITransformer>> Scoring(MLContext context, TorchModel model) => model.Task switch
    {
        TaskKind.BinaryClassification => [context.Transforms.CustomMapping<ScoreInput, BinaryOutput>(new BinaryFactory().GetMapping(),
            BinaryFactory.Contract)],
        TaskKind.Regression => [context.Transforms.CustomMapping<ScoreInput, RegressionOutput>(new RegressionFactory().GetMapping(),
            RegressionFactory.Contract)],
        _ =>
        [
            context.Transforms.CustomMapping<ScoreInput, ScoresOutput>(new ScoresFactory().GetMapping(), ScoresFactory.Contract),
            VectorColumn.SlotNumbers(context, model),
            .. Vectors(context, model),
            context.Transforms.DropColumns(nameof(ScoresOutput.TorchModelScores), nameof(ScoresOutput.TorchModelLargest),
                VectorColumn.Slots),
        ],
    };

    private static IEnumerable<IEstimator<ITransformer>> Vectors(MLContext context, TorchModel model) => model.Task switch
    {
        TaskKind.MulticlassClassification => [VectorColumn.Of(context, ScoreColumns.Score, "{0}"), PredictedKey(context, model)],
        TaskKind.MultiLabelClassification =>
        [
            VectorColumn.Of(context, ScoreColumns.Score, "{0}"),
            VectorColumn.Of(context, ScoreColumns.Probability, "1 / (1 + exp(-{0}))"),
            VectorColumn.Of(context, ScoreColumns.PredictedLabel, $"{{0}} > {VectorColumn.Number(model.Threshold)}"),
        ],
        _ => [VectorColumn.Of(context, ScoreColumns.Score, "{0}")],
    };

    // A key whose values are those of the label that the model was trained on, in the same order; none where they had none.
    private static ValueMappingEstimator PredictedKey(MLContext context, TorchModel model)
    {
        var keys = model.Keys is { } known ? LabelType.Named(known.Type).Keys(context, known.Values) : Numbered();
        return context.Transforms.Conversion.MapValue(ScoreColumns.PredictedLabel, keys, keys.Schema["Number"], keys.Schema["Key"],
            nameof(ScoresOutput.TorchModelLargest));

        IDataView Numbered()
        {
            var schema = SchemaDefinition.Create(typeof(NumberedKey));
            // In objects, keys count from 0.
            schema[nameof(NumberedKey.Key)].ColumnType = new KeyDataViewType(typeof(uint), (ulong)model.Outputs);
            return context.Data.LoadFromEnumerable(Enumerable.Range(1, (int)model.Outputs).Select(k => new NumberedKey
            {
                Number = k,
                Key = (uint)k - 1
            }).ToList(), schema);
        }
    }

    private static ValueMappingEstimator Constant<T>(MLContext context, string name, T value, DataViewType type, string keyColumn)
    {
        var schema = SchemaDefinition.Create(typeof(ConstantRow<T>));
        schema[nameof(ConstantRow<>.Value)].ColumnType = type;
        var rows = context.Data.LoadFromEnumerable([new ConstantRow<T> { Key = KeyOutput.Value, Value = value }], schema);
        return context.Transforms.Conversion.MapValue(name, rows, rows.Schema["Key"], rows.Schema["Value"], keyColumn);
    }

    private static IDataView Empty(MLContext context, string featureColumn, TorchModel model)
    {
        var schema = SchemaDefinition.Create(typeof(FeatureRow));
        schema[0].ColumnName = featureColumn;
        schema[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, (int)model.Inputs);
        return context.Data.LoadFromEnumerable(Array.Empty<FeatureRow>(), schema);
    }

    /// <summary>Replaces each chain that <see cref="Make"/> made by the transformer that it was made of.</summary>
    /// <param name="loaded">What may contain such chains.</param>
    /// <param name="transformer">Makes the transformer of the feature column's name and the model.</param>
    /// <param name="apart">Weights that are kept apart, by their number; null where none are.</param>
    internal static ITransformer Restore(ITransformer loaded, Func<string, TorchModel, ITransformer> transformer,
        Func<int, Stream>? apart = null)
    {
        if (loaded is not TransformerChain<ITransformer> chain) return loaded;
        var parts = chain.ToList();
        if (ModelOf(parts, apart) is var (featureColumn, model)) return transformer(featureColumn, model);
        return new TransformerChain<ITransformer>([.. parts.Select(part => Restore(part, transformer, apart))]);
    }

    private static (string featureColumn, TorchModel model)? ModelOf(List<ITransformer> parts, Func<int, Stream>? apart)
    {
        if (parts.Count < 3 || parts[0] is not CustomMappingTransformer<NoInput, KeyOutput>) return null;
        var context = new MLContext();
        var schema = SchemaDefinition.Create(typeof(FeatureRow));
        schema[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 1);
        var data = parts.Take(2).Aggregate(context.Data.LoadFromEnumerable(new[] { new FeatureRow() }, schema), (rows, part) =>
            part.Transform(rows));
        var text = data.GetColumn<ReadOnlyMemory<char>>(nameof(ScoreInput.TorchModelText)).Single().ToString();
        if (parts[2] is CustomMappingTransformer<TextInput, ApartOutput>)
            return ModelText.Read(text, number => number is { } known && apart is not null ? apart(known) : throw ApartFactory.Missing());
        // Past the third, which would not ask for the weights of a model that has scored already.
        var weights = parts[3].Transform(context.Transforms.CopyColumns(nameof(WeightsKeyOutput.TorchModelWeightsKey),
            nameof(KeyOutput.TorchModelKey)).Fit(data).Transform(data));
        var bytes = weights.GetColumn<byte[]>(nameof(ScoreInput.TorchModelWeights)).Single();
        return ModelText.Read(text, _ => new MemoryStream(bytes, writable: false));
    }

    private sealed class ConstantRow<T>
    {
        public string Key { get; set; } = "";
        public required T Value { get; set; }
    }

    private sealed class NumberedKey
    {
        public int Number { get; set; }
        public uint Key { get; set; }
    }

    private sealed class FeatureRow
    {
        public float[] Features { get; set; } = [0];
    }
}
