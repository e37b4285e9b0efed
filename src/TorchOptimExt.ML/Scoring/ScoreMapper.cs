using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt.ML.Data;

namespace TorchOptimExt.ML.Scoring;

/// <summary>
/// A model bound to an input schema. A row by itself costs a forward pass of its own; <see cref="ScoredDataView"/> takes many at once.
/// </summary>
internal sealed class ScoreMapper : IRowToRowMapper
{
    internal ScoreMapper(DataViewSchema input, string featureColumn, TorchModel model)
    {
        InputSchema = input;
        Model = model;
        Features = Columns.Named(input, featureColumn, "feature");
        var width = Columns.Inputs(Features);
        if (width != model.Inputs)
            throw new ArgumentOutOfRangeException(nameof(input),
                $"The feature column '{featureColumn}' has {width} values; the model was trained on {model.Inputs}.");
        OutputSchema = ScoreColumns.AddTo(input, model);
    }

    public DataViewSchema InputSchema { get; }
    public DataViewSchema OutputSchema { get; }
    internal TorchModel Model { get; }
    internal DataViewSchema.Column Features { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var asked = dependingColumns.ToList();
        var needed = asked.Where(IsInput).Select(c => InputSchema[c.Index]);
        return (asked.All(IsInput) ? needed : needed.Append(Features)).DistinctBy(c => c.Index);
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) => new Row(this, input, activeColumns);

    internal bool IsInput(DataViewSchema.Column column) => column.Index < InputSchema.Count;

    private sealed class Row(ScoreMapper mapper, DataViewRow input, IEnumerable<DataViewSchema.Column> active) : DataViewRow
    {
        private readonly HashSet<int> active = [.. active.Select(c => c.Index)];
        private readonly float[] features = new float[mapper.Model.Inputs], scores = new float[mapper.Model.Outputs];
        private ValueGetter<VBuffer<float>>? getFeatures;
        private VBuffer<float> buffer;
        private long? scored;       // the position whose scores are at hand

        public override long Position => input.Position;
        public override long Batch => input.Batch;
        public override DataViewSchema Schema => mapper.OutputSchema;
        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);
        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (mapper.IsInput(column)) return input.GetGetter<TValue>(mapper.InputSchema[column.Index]);
            getFeatures ??= input.GetGetter<VBuffer<float>>(mapper.Features);
            return ScoreColumns.Of<TValue>(ScoreColumns.Getter(mapper.Model, column, Scores), column);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) input.Dispose();
            base.Dispose(disposing);
        }

        // Several columns of one position share one forward pass.
        private ReadOnlyMemory<float> Scores()
        {
            if (scored == input.Position) return scores;
            scored = null;
            getFeatures!(ref buffer);
            if (buffer.Length != features.Length)
                throw new InvalidOperationException($"The row has {buffer.Length} features; the model was trained on {features.Length}.");
            buffer.CopyTo(features);
            mapper.Model.Score(features, 1, scores);
            scored = input.Position;
            return scores;
        }
    }
}
