using System.Reflection;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML
{
    public static class CustomMappingCatalog
    {
        public static CustomMappingEstimator<TSrc, TDst> CustomMapping<TSrc, TDst>(this TransformsCatalog catalog, Action<TSrc, TDst> mapAction, string contractName,
            SchemaDefinition inputSchemaDefinition = null, SchemaDefinition outputSchemaDefinition = null)
            where TSrc : class, new()
            where TDst : class, new()
            => new(mapAction, contractName, inputSchemaDefinition, outputSchemaDefinition);
    }
}

namespace Microsoft.ML.Transforms
{
    /// <summary>Names the contract by which a saved model finds the factory again.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class CustomMappingFactoryAttributeAttribute : ExtensionBaseAttribute
    {
        public CustomMappingFactoryAttributeAttribute(string contractName)
            : base(contractName)
        {
        }
    }

    public abstract class CustomMappingFactory<TSrc, TDst> : ICustomMappingFactory
        where TSrc : class, new()
        where TDst : class, new()
    {
        protected CustomMappingFactory()
        {
        }

        public abstract Action<TSrc, TDst> GetMapping();

        ITransformer ICustomMappingFactory.CreateTransformer(string contractName) => new CustomMappingTransformer<TSrc, TDst>(GetMapping(), contractName, null, null);
    }

    internal interface ICustomMappingFactory
    {
        ITransformer CreateTransformer(string contractName);
    }

    internal static class CustomMapping
    {
        public const string Signature = "CustomTransformer";

        /// <summary>Makes the mapping anew by the factory that the contract names in the assembly it was saved from.</summary>
        public static ITransformer Load(ModelLoadContext ctx)
        {
            var contract = ctx.Reader.ReadString();
            ctx.Environment.ComponentCatalog.RegisterAssembly(Assembly.Load(ctx.Reader.ReadString()));
            return ctx.Environment.ComponentCatalog.CreateExtension(typeof(CustomMappingFactoryAttributeAttribute), contract) is ICustomMappingFactory factory
                ? factory.CreateTransformer(contract)
                : throw new InvalidOperationException($"The class with contract '{contract}' must derive from '{typeof(CustomMappingFactory<,>).FullName}'.");
        }
    }

    public sealed class CustomMappingEstimator<TSrc, TDst> : TrivialEstimator<CustomMappingTransformer<TSrc, TDst>>
        where TSrc : class, new()
        where TDst : class, new()
    {
        internal CustomMappingEstimator(Action<TSrc, TDst> mapAction, string contractName, SchemaDefinition input, SchemaDefinition output)
            : base(new(mapAction, contractName, input, output))
        {
        }

        public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            foreach (var needed in Transformer.Source.Schema)
            {
                var column = Check.NotNull(inputSchema, nameof(inputSchema)).Get("input", needed.Name);
                var expected = SchemaShape.Column.Of(needed.Name, needed.Type);
                var kindFits = expected.Kind == column.Kind
                    || (expected.Kind == SchemaShape.Column.VectorKind.VariableVector && column.Kind == SchemaShape.Column.VectorKind.Vector);
                if (!expected.ItemType.Equals(column.ItemType) || expected.IsKey != column.IsKey || !kindFits)
                    throw Check.SchemaMismatch("input", needed.Name, needed.Type.ToString(), column.TypeName());
            }
            return inputSchema.With(SchemaShape.Create(Transformer.Target.Schema));
        }
    }

    /// <summary>Calls a user's function for each row; its result is shared by the columns that it fills.</summary>
    public sealed class CustomMappingTransformer<TSrc, TDst> : ITransformer
        where TSrc : class, new()
        where TDst : class, new()
    {
        private readonly Action<TSrc, TDst> _map;
        private readonly string _contractName;

        internal CustomMappingTransformer(Action<TSrc, TDst> mapAction, string contractName, SchemaDefinition input, SchemaDefinition output)
        {
            (_map, _contractName) = (Check.NotNull(mapAction, nameof(mapAction)), contractName);
            Source = RowType<TSrc>.ForWriting(input);
            Target = RowType<TDst>.ForWriting(output);
        }

        internal RowType<TSrc> Source { get; }

        internal RowType<TDst> Target { get; }

        bool ITransformer.IsRowToRowMapper => true;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

        public IDataView Transform(IDataView input) => Bind(Check.NotNull(input, nameof(input)).Schema).Apply(input);

        IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Bind(inputSchema);

        void ICanSaveModel.Save(ModelSaveContext ctx)
        {
            Check.State(_contractName is not null, "Empty contract name for a transform: the transform cannot be saved");
            ctx.BeginModel(CustomMapping.Signature);
            ctx.Writer.Write(_contractName);
            ctx.Writer.Write(_map.Method.DeclaringType.Assembly.FullName);
        }

        private RowBinding Bind(DataViewSchema schema) => new(schema, new Added(Check.NotNull(schema, "inputSchema"), this));

        private sealed class Added(DataViewSchema schema, CustomMappingTransformer<TSrc, TDst> parent) : IAddedColumns
        {
            private readonly int[] _needed = [.. parent.Source.Needed(schema, ignoreMissing: false).Select(c => c.Index)];

            public IReadOnlyList<DataViewSchema.DetachedColumn> Columns { get; } = [.. parent.Target.Schema.Select(c => new DataViewSchema.DetachedColumn(c))];

            public IEnumerable<int> DependenciesOf(int added) => _needed;

            public Delegate[] CreateGetters(DataViewRow input, bool[] active)
            {
                var source = new TSrc();
                var target = new TDst();
                var fill = parent.Source.Filler(input, ignoreMissing: false);
                var position = -1L;
                return parent.Target.Getters(() =>
                {
                    if (position != input.Position)
                    {
                        fill(source);
                        parent._map(source, target);
                        position = input.Position;
                    }
                    return target;
                });
            }
        }
    }
}
