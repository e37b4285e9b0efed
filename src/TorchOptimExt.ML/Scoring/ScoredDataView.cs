using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Scoring;

/// <summary>
/// Rows with their scores, computed as they are asked for, from one cursor over the source. Where a score column is active, a batch of
/// rows is read ahead,
/// with the columns that are active, and scored in one forward pass.
/// </summary>
internal sealed class ScoredDataView(IDataView source, ScoreMapper mapper) : IDataView
{
    // Rows of a forward pass, and numbers in them: enough that what a pass costs by itself does not count, few enough to stay near the
    // processor.
    private const int MostRows = 512, MostNumbers = 1 << 20;

    public bool CanShuffle => false;
    public DataViewSchema Schema => mapper.OutputSchema;
    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        HashSet<int> active = [.. columnsNeeded.Select(c => c.Index)];
        var passed = mapper.InputSchema.Where(c => active.Contains(c.Index)).ToList();
        if (active.Count == passed.Count) return new PassingCursor(source.GetRowCursor(passed), mapper, active);
        var width = Math.Max(mapper.Model.Inputs, mapper.Model.Outputs);
        var batch = (int)Math.Min(Math.Clamp(MostNumbers / width, 1, MostRows), source.GetRowCount() ?? MostRows);
        var read = source.GetRowCursor(passed.Append(mapper.Features).DistinctBy(c => c.Index));
        return new ScoringCursor(read, mapper, active, passed, Math.Max(1, batch));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private abstract class Cursor(DataViewRowCursor read, ScoreMapper mapper, HashSet<int> active) : DataViewRowCursor
    {
        protected DataViewRowCursor Read => read;
        protected ScoreMapper Mapper => mapper;
        public override DataViewSchema Schema => mapper.OutputSchema;
        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => IsColumnActive(column)
            ? ScoreColumns.Of<TValue>(Getter<TValue>(column), column) : throw new ArgumentOutOfRangeException(nameof(column),
                $"Column '{column.Name}' is not active.");

        protected abstract Delegate Getter<TValue>(DataViewSchema.Column column);

        protected override void Dispose(bool disposing)
        {
            if (disposing) read.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>Nothing is scored.</summary>
    private sealed class PassingCursor(DataViewRowCursor read, ScoreMapper mapper, HashSet<int> active) : Cursor(read, mapper, active)
    {
        public override long Position => Read.Position;
        public override long Batch => Read.Batch;
        public override ValueGetter<DataViewRowId> GetIdGetter() => Read.GetIdGetter();
        public override bool MoveNext() => Read.MoveNext();
        protected override Delegate Getter<TValue>(DataViewSchema.Column column) =>
            Read.GetGetter<TValue>(Mapper.InputSchema[column.Index]);
    }

    private sealed class ScoringCursor : Cursor
    {
        private readonly Dictionary<int, KeptColumn> kept;
        private readonly KeptColumn[] columns;
        private readonly ValueGetter<VBuffer<float>> getFeatures;
        private readonly ValueGetter<DataViewRowId> getId;
        private readonly (long position, long batch, DataViewRowId id)[] places;
        private readonly Tensor features;       // one memory for all batches, which rows are read into
        private readonly float[] scores;
        private VBuffer<float> buffer;
        private int scored, at = -1;

        internal ScoringCursor(DataViewRowCursor read, ScoreMapper mapper, HashSet<int> active, List<DataViewSchema.Column> passed,
            int batch)
            : base(read, mapper, active)
        {
            kept = passed.ToDictionary(c => c.Index, c => KeptColumn.Of(read, c, batch));
            columns = [.. kept.Values];
            getFeatures = read.GetGetter<VBuffer<float>>(mapper.Features);
            getId = read.GetIdGetter();
            places = new (long, long, DataViewRowId)[batch];
            features = empty(batch, mapper.Model.Inputs, ScalarType.Float32).DetachFromDisposeScope();
            scores = new float[batch * mapper.Model.Outputs];
        }

        public override long Position => at < 0 ? -1 : places[at].position;
        public override long Batch => at < 0 ? 0 : places[at].batch;
        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = places[at].id;

        public override bool MoveNext()
        {
            if (++at >= scored) ScoreBatch();
            if (at >= scored) at = -1;
            return at >= 0;
        }

        protected override Delegate Getter<TValue>(DataViewSchema.Column column)
        {
            if (Mapper.IsInput(column)) return kept[column.Index].Getter(() => at);
            var outputs = (int)Mapper.Model.Outputs;
            return ScoreColumns.Getter(Mapper.Model, column, () => scores.AsMemory(at * outputs, outputs));
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) features.Dispose();
            base.Dispose(disposing);
        }

        private void ScoreBatch()
        {
            (scored, at) = (0, 0);
            var read = ReadBatch(TorchModel.Numbers(features));
            if (read == 0) return;
            using var rows = features.narrow(0, 0, read);
            Mapper.Model.Score(rows, scores);
            scored = read;
        }

        private int ReadBatch(Span<float> target)
        {
            var (inputs, row) = ((int)Mapper.Model.Inputs, 0);
            for (; row < places.Length && Read.MoveNext(); row++)
            {
                getFeatures(ref buffer);
                if (buffer.Length != inputs)
                    throw new InvalidOperationException($"Row {Read.Position} has {buffer.Length} features; the model was trained on "
                        + $"{inputs}.");
                buffer.CopyTo(target.Slice(row * inputs, inputs));
                places[row] = (Read.Position, Read.Batch, default);
                getId(ref places[row].id);
                foreach (var column in columns) column.Keep(row);
            }
            return row;
        }
    }
}
