using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests.ThirdParty;

/// <summary>Scores in batches through a cursor of its own; saves itself as a chain of built-in transformers.</summary>
public sealed class SlotTransformer(MLContext context, string featureColumnName, DataViewType featureColumnType, SlotModel model)
    : ISingleFeaturePredictionTransformer<SlotModel>
{
    public string FeatureColumnName => featureColumnName;

    public DataViewType FeatureColumnType => featureColumnType;

    public SlotModel Model => model;

    public bool IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new SlotMapper(inputSchema, this).OutputSchema;

    public IDataView Transform(IDataView input) => new SlotDataView(input, new SlotMapper(input.Schema, this));

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new SlotMapper(inputSchema, this);

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)SlotChain.Create(context, this)).Save(ctx);
}
