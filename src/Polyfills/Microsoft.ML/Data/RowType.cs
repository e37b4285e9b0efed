using System.Linq.Expressions;
using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>Reads and fills objects of a user's class as rows.</summary>
internal sealed class RowType<TRow>
    where TRow : class
{
    private readonly List<(SchemaDefinition.Column Column, MemberInfo Member)> _members = [];

    public RowType(SchemaDefinition definition)
    {
        foreach (var column in definition)
        {
            var member = (MemberInfo)typeof(TRow).GetField(column.MemberName) ?? typeof(TRow).GetProperty(column.MemberName);
            Check.Argument(member is not null, "userSchemaDefinition", $"No field or property with name '{column.MemberName}' found in type '{typeof(TRow).FullName}'");
            var type = SchemaDefinition.MemberType(member);
            Check.Argument(column.ColumnType is null || ClrValue.CanHold(type, column.ColumnType), "userSchemaDefinition",
                $"Column '{column.ColumnName}' is supposed to be {column.ColumnType}, but type of associated field '{column.MemberName}' is {type}");
            _members.Add((column, member));
        }
        var builder = new DataViewSchema.Builder();
        foreach (var (column, _) in _members)
            builder.AddColumn(column.ColumnName, column.ColumnType, column.Annotations);
        Schema = builder.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public static RowType<TRow> ForReading(SchemaDefinition definition) => new(definition ?? SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read));

    public static RowType<TRow> ForWriting(SchemaDefinition definition) => new(definition ?? SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Write));

    /// <summary>The class's columns with the types and annotations that <paramref name="schema"/> gives them.</summary>
    public static SchemaDefinition DefinitionFor(DataViewSchema schema)
    {
        var definition = SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read);
        foreach (var column in schema)
        {
            Check.State(definition[column.Name] is not null, $"Type should contain a member named {column.Name}");
            definition[column.Name].ColumnType = column.Type;
            definition[column.Name].Inherited = column.Annotations;
        }
        return definition;
    }

    /// <summary>Getters of all columns from the object that <paramref name="current"/> returns.</summary>
    public Delegate[] Getters(Func<TRow> current)
        => [.. _members.Select(m => (Delegate)Generic.Call(MemberGetter<int>, SchemaDefinition.MemberType(m.Member), current, m.Member, m.Column.ColumnType))];

    /// <summary>The columns of <paramref name="schema"/> that fill the class; throws where one is missing or cannot be held.</summary>
    public IReadOnlyList<DataViewSchema.Column> Needed(DataViewSchema schema, bool ignoreMissing) => [.. Bind(schema, ignoreMissing).Select(b => b.Column)];

    /// <summary>Copies a row's current values into an object.</summary>
    public Action<TRow> Filler(DataViewRow row, bool ignoreMissing)
    {
        var fills = Bind(row.Schema, ignoreMissing)
            .Select(b => (Action<TRow>)Generic.Call(MemberFiller<int>, SchemaDefinition.MemberType(b.Member), row, b.Column, b.Member)).ToArray();
        return target =>
        {
            foreach (var fill in fills)
                fill(target);
        };
    }

    private IEnumerable<(DataViewSchema.Column Column, MemberInfo Member)> Bind(DataViewSchema schema, bool ignoreMissing)
    {
        foreach (var (definition, member) in _members)
        {
            if (schema.GetColumnOrNull(definition.ColumnName) is not { } column)
            {
                if (!ignoreMissing)
                    throw Check.MissingColumn("", definition.ColumnName, "Schema");
            }
            else if (ClrValue.CanHold(SchemaDefinition.MemberType(member), column.Type))
                yield return (column, member);
            else
                throw new InvalidOperationException($"Can't bind the IDataView column '{column.Name}' of type '{column.Type}' to field or property '{member.Name}' of type '{SchemaDefinition.MemberType(member).FullName}'.");
        }
    }

    private static Delegate MemberGetter<TMember>(Func<TRow> current, MemberInfo member, DataViewType type)
    {
        var row = Expression.Parameter(typeof(TRow));
        var access = Expression.Lambda<Func<TRow, TMember>>(Expression.MakeMemberAccess(row, member), row).Compile();
        Func<TMember> read = () => access(current());
        return type is KeyDataViewType key ? ClrValue.KeyGetter(read, key) : ClrValue.Getter(read, type);
    }

    private static Action<TRow> MemberFiller<TMember>(DataViewRow row, DataViewSchema.Column column, MemberInfo member)
    {
        var target = Expression.Parameter(typeof(TRow));
        var value = Expression.Parameter(typeof(TMember));
        var assign = Expression.Lambda<Action<TRow, TMember>>(Expression.Assign(Expression.MakeMemberAccess(target, member), value), target, value).Compile();
        var read = ClrValue.Reader<TMember>(row, column);
        return instance => assign(instance, read());
    }
}
