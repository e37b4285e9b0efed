using System.Collections;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>What is known of a schema before the data: names, item types, kinds and annotations.</summary>
public sealed class SchemaShape : IReadOnlyList<SchemaShape.Column>
{
    private static readonly SchemaShape Empty = new([]);
    private readonly Column[] _columns;

    public SchemaShape(IEnumerable<Column> columns)
    {
        _columns = [.. Check.NotNull(columns, nameof(columns))];
        Check.Argument(_columns.All(c => c.IsValid), nameof(columns), "Some items are not initialized properly.");
    }

    public int Count => _columns.Length;

    public Column this[int index] => _columns[index];

    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)_columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static SchemaShape Create(DataViewSchema schema)
        => new(schema.Where(c => !c.IsHidden).Select(c => Column.Of(c.Name, c.Type,
            new SchemaShape(c.Annotations.Schema.Select(a => Column.Of(a.Name, a.Type))))));

    internal Column? Find(string name) => _columns.Where(c => c.Name == name).Cast<Column?>().FirstOrDefault();

    internal Column Get(string role, string name) => Find(name) ?? throw Check.MissingColumn(role, name);

    /// <summary>This shape where the given columns replace or follow the ones it has.</summary>
    internal SchemaShape With(params IEnumerable<Column> columns)
    {
        var result = new Dictionary<string, Column>();
        foreach (var column in _columns.Concat(columns))
            result[column.Name] = column;
        return new(result.Values);
    }

    public readonly struct Column
    {
        public readonly string Name;
        public readonly VectorKind Kind;
        public readonly DataViewType ItemType;
        public readonly bool IsKey;
        public readonly SchemaShape Annotations;

        internal Column(string name, VectorKind kind, DataViewType itemType, bool isKey, SchemaShape annotations = null)
            => (Name, Kind, ItemType, IsKey, Annotations) = (Check.NonEmpty(name, nameof(name)), kind, itemType, isKey, annotations ?? Empty);

        public enum VectorKind
        {
            Scalar,
            Vector,
            VariableVector,
        }

        internal bool IsValid => Name is not null;

        internal static Column Of(string name, DataViewType type, SchemaShape annotations = null)
        {
            var kind = type is not VectorDataViewType vector ? VectorKind.Scalar : vector.IsKnownSize ? VectorKind.Vector : VectorKind.VariableVector;
            var item = type.ItemType();
            return item is KeyDataViewType
                ? new(name, kind, DataViewTypes.PrimitiveOrNull(item.RawType), isKey: true, annotations)
                : new(name, kind, item, isKey: false, annotations);
        }

        internal bool IsCompatibleWith(Column source)
            => Name == source.Name && Kind == source.Kind && ItemType.Equals(source.ItemType) && IsKey == source.IsKey
                && Annotations.All(a => source.Annotations.Find(a.Name) is { } found && a.IsCompatibleWith(found));

        internal string TypeName()
        {
            var item = IsKey ? $"Key<{ItemType}>" : $"{ItemType}";
            return Kind switch { VectorKind.Vector => $"Vector<{item}>", VectorKind.VariableVector => $"VarVector<{item}>", _ => item };
        }
    }
}
