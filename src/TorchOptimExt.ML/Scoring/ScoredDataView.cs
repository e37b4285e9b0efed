using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Scoring;

/// <summary>
/// Rows with their scores, computed as they are asked for. Where a score column is active, a second cursor runs ahead by
/// a batch of rows and scores them in one forward pass; the source is read with the columns that are needed, no others.
/// </summary>
internal sealed class ScoredDataView(IDataView source, ScoreMapper mapper) : IDataView
{
    // Rows of a forward pass, and numbers in them: enough to fill the processor, few enough to stay in its cache for usual widths.
    private const int MostRows = 512, MostNumbers = 1 << 20;

    public bool CanShuffle => false;
    public DataViewSchema Schema => mapper.OutputSchema;
    public long? GetRowCount() => source.GetRowCount();
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(source, mapper, columnsNeeded);
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly ScoreMapper mapper;
        private readonly HashSet<int> active;
        private readonly DataViewRowCursor passed;
        private readonly DataViewRowCursor? ahead;
        private readonly ValueGetter<VBuffer<float>>? getFeatures;
        private readonly float[] features = [], scores = [];
        private VBuffer<float> buffer;
        private int scored, at = -1;

        internal Cursor(IDataView source, ScoreMapper mapper, IEnumerable<DataViewSchema.Column> columns)
        {
            this.mapper = mapper;
            active = [.. columns.Select(c => c.Index)];
            passed = source.GetRowCursor(mapper.InputSchema.Where(c => active.Contains(c.Index)));
            if (active.All(index => index < mapper.InputSchema.Count)) return;
            ahead = source.GetRowCursor([mapper.Features]);
            getFeatures = ahead.GetGetter<VBuffer<float>>(mapper.Features);
            var width = Math.Max(mapper.Model.Inputs, mapper.Model.Outputs);
            var batch = Math.Min(Math.Clamp(MostNumbers / width, 1, MostRows), source.GetRowCount() ?? MostRows);
            features = new float[batch * mapper.Model.Inputs];
            scores = new float[batch * mapper.Model.Outputs];
        }

        public override long Position => passed.Position;
        public override long Batch => passed.Batch;
        public override DataViewSchema Schema => mapper.OutputSchema;
        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);
        public override ValueGetter<DataViewRowId> GetIdGetter() => passed.GetIdGetter();

        public override bool MoveNext()
        {
            if (!passed.MoveNext()) return false;
            if (ahead is not null && ++at >= scored) ScoreBatch();
            return true;
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column)) throw new ArgumentOutOfRangeException(nameof(column), $"Column '{column.Name}' is not active.");
            if (mapper.IsInput(column)) return passed.GetGetter<TValue>(mapper.InputSchema[column.Index]);
            var outputs = (int)mapper.Model.Outputs;
            return (ValueGetter<TValue>)ScoreColumns.Getter(mapper.Model, column.Name, () => scores.AsMemory(at * outputs, outputs));
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                passed.Dispose();
                ahead?.Dispose();
            }
            base.Dispose(disposing);
        }

        private void ScoreBatch()
        {
            var inputs = (int)mapper.Model.Inputs;
            for ((scored, at) = (0, 0); (scored + 1) * inputs <= features.Length && ahead!.MoveNext(); scored++)
            {
                getFeatures!(ref buffer);
                if (buffer.Length != inputs) throw new InvalidOperationException($"Row {ahead.Position} has {buffer.Length} features; the model was trained on {inputs}.");
                buffer.CopyTo(features.AsSpan(scored * inputs, inputs));
            }
            if (scored == 0) throw new InvalidOperationException("The data gives fewer rows when it is read again: two cursors over it must see the same rows.");
            mapper.Model.Score(features.AsSpan(0, scored * inputs), scored, scores);
        }
    }
}
