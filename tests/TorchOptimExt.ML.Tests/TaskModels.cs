using Microsoft.ML;
using Microsoft.ML.Data;
using MlTraining;
using static TorchOptimExt.ML.Tests.Pipelines;

namespace TorchOptimExt.ML.Tests;

/// <summary>A training for each of the five tasks, by its name.</summary>
internal static class TaskModels
{
    public static TheoryData<string> Names => ["regression", "binary", "multiclass", "multi-output", "multi-label"];

    /// <summary>Rows with a label for each task.</summary>
    internal static IDataView Data(int rows = 20) => Data(Row.Some(rows));

    internal static IDataView Data(IEnumerable<Row> rows)
    {
        var view = Context.Data.LoadFromEnumerable(rows.Select(row => new Labelled
        {
            Features = row.Features,
            Number = row.Number,
            Truth = row.Truth,
            Kind = row.Kind,
            Weight = row.Weight,
            Targets = [row.Number, 10 * row.Features[0]],
            Tags = [row.Truth, row.Features[2] > 0, row.Kind == "high"],
        }).ToList());
        return Context.Transforms.Conversion.MapValueToKey("Class", "Kind").Fit(view).Transform(view);
    }

    /// <summary>A trainer of the task with the label column that <see cref="Data(int)"/> has for it.</summary>
    internal static TorchTrainer Trainer(string task, TorchTrainerOptions options)
    {
        options.LabelColumnName = task switch { "regression" => "Number", "binary" => "Truth", "multiclass" => "Class", "multi-output" => "Targets", _ => "Tags" };
        return task switch
        {
            "regression" => Context.Regression.Trainers.Torch(options),
            "binary" => Context.BinaryClassification.Trainers.Torch(options),
            "multiclass" => Context.MulticlassClassification.Trainers.Torch(options),
            "multi-output" => Context.MultiOutputRegression().Trainers.Torch(options),
            _ => Context.MultiLabelClassification().Trainers.Torch(options),
        };
    }

    /// <summary>A pipeline with a step before the trainer, and its data.</summary>
    internal static (ITransformer model, IDataView data) Fit(string task)
    {
        var trainer = Trainer(task, new TorchTrainerOptions { Epochs = 2, Seed = 1, Mlp = new() { HiddenSizes = [8], BatchNormalization = true } });
        return (Context.Transforms.NormalizeMinMax("Features").Append(trainer).Fit(Data()), Data());
    }

    /// <summary>The numbers of all columns that a model adds, one after the other.</summary>
    internal static List<float> Scores(ITransformer model, IDataView data)
    {
        var scored = model.Transform(data);
        return [.. new[] { "Score", "Probability", "PredictedLabel" }.Where(name => scored.Schema.GetColumnOrNull(name) is not null).SelectMany(Numbers)];

        IEnumerable<float> Numbers(string name) => scored.Schema[name].Type switch
        {
            VectorDataViewType { ItemType: BooleanDataViewType } => scored.GetColumn<bool[]>(name).SelectMany(row => row).Select(Number),
            VectorDataViewType => scored.GetColumn<float[]>(name).SelectMany(row => row),
            BooleanDataViewType => scored.GetColumn<bool>(name).Select(Number),
            KeyDataViewType => scored.GetColumn<uint>(name).Select(key => (float)key),
            _ => scored.GetColumn<float>(name),
        };

        static float Number(bool truth) => truth ? 1 : 0;
    }

    private sealed class Labelled
    {
        [VectorType(3)] public float[] Features { get; set; } = [];
        public float Number { get; set; }
        public bool Truth { get; set; }
        public string Kind { get; set; } = "";
        public float Weight { get; set; }
        [VectorType(2)] public float[] Targets { get; set; } = [];
        [VectorType(3)] public bool[] Tags { get; set; } = [];
    }
}
