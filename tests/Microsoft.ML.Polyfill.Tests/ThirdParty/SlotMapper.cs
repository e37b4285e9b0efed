using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests.ThirdParty;

/// <summary>The transformer bound to a schema: input columns, then Score, Probability and PredictedLabel.</summary>
public sealed class SlotMapper : IRowToRowMapper
{
    public static readonly string[] Names = ["Score", "Probability", "PredictedLabel"];

    public SlotMapper(DataViewSchema input, SlotTransformer transformer)
    {
        InputSchema = input;
        Model = transformer.Model;
        Features = input.GetColumnOrNull(transformer.FeatureColumnName)
            ?? throw new ArgumentOutOfRangeException(nameof(input), $"Could not find feature column '{transformer.FeatureColumnName}'");
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        builder.AddColumn("Score", NumberDataViewType.Single, Annotations("Score"));
        builder.AddColumn("Probability", NumberDataViewType.Single, Annotations("Probability"));
        builder.AddColumn("PredictedLabel", BooleanDataViewType.Instance, Annotations("PredictedLabel"));
        OutputSchema = builder.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public SlotModel Model { get; }

    public DataViewSchema.Column Features { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var asked = dependingColumns.ToArray();
        var needed = asked.Where(c => c.Index < InputSchema.Count).Select(c => c.Index);
        if (asked.Any(c => c.Index >= InputSchema.Count))
            needed = needed.Append(Features.Index);
        return needed.Distinct().Select(i => InputSchema[i]);
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) => new Row(this, input, activeColumns);

    private static DataViewSchema.Annotations Annotations(string valueKind)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddPrimitiveValue("ScoreColumnSetId", new KeyDataViewType(typeof(uint), int.MaxValue), 1u);
        builder.AddPrimitiveValue("ScoreColumnKind", TextDataViewType.Instance, "BinaryClassification".AsMemory());
        builder.AddPrimitiveValue("ScoreValueKind", TextDataViewType.Instance, valueKind.AsMemory());
        return builder.ToAnnotations();
    }

    private sealed class Row(SlotMapper mapper, DataViewRow input, IEnumerable<DataViewSchema.Column> active) : DataViewRow
    {
        private readonly HashSet<int> _active = [.. active.Select(c => c.Index)];

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override DataViewSchema Schema => mapper.OutputSchema;

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (column.Index < mapper.InputSchema.Count)
                return input.GetGetter<TValue>(mapper.InputSchema[column.Index]);
            var getFeatures = input.GetGetter<VBuffer<float>>(mapper.Features);
            VBuffer<float> features = default;
            float Score()
            {
                getFeatures(ref features);
                return mapper.Model.Score(features.DenseValues().ToArray());
            }

            Delegate getter = (column.Index - mapper.InputSchema.Count) switch
            {
                0 => (ValueGetter<float>)((ref float value) => value = Score()),
                1 => (ValueGetter<float>)((ref float value) => value = SlotModel.Probability(Score())),
                _ => (ValueGetter<bool>)((ref bool value) => value = Score() > 0),
            };
            return (ValueGetter<TValue>)getter;
        }
    }
}
