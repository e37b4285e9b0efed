using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>How the members of a user's class map to columns.</summary>
public sealed class SchemaDefinition : List<SchemaDefinition.Column>
{
    private SchemaDefinition()
    {
    }

    [Flags]
    public enum Direction
    {
        Read = 1,
        Write = 2,
        Both = Read | Write,
    }

    public Column this[string columnName]
    {
        get => this.FirstOrDefault(c => c.ColumnName == columnName);
        set
        {
            Check.NotNull(value, nameof(value));
            Check.Argument(value.ColumnName == columnName, nameof(columnName), $"The column name is specified as '{value.ColumnName}' but must match the selector '{columnName}'.");
            var index = FindIndex(c => c.ColumnName == columnName);
            if (index >= 0)
                this[index] = value;
            else
                Add(value);
        }
    }

    public static SchemaDefinition Create(Type userType, Direction direction = Direction.Both)
    {
        Check.NotNull(userType, nameof(userType));
        var definition = new SchemaDefinition();
        foreach (var member in Members(userType, direction))
        {
            var name = member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name;
            Check.Argument(definition[name] is null, nameof(userType), $"Duplicate column name '{name}' detected, this is disallowed");
            definition.Add(new Column(member.Name, TypeOf(member), name));
        }
        return definition;
    }

    internal static Type MemberType(MemberInfo member) => member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;

    private static IEnumerable<MemberInfo> Members(Type type, Direction direction)
    {
        const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance;
        var properties = type.GetProperties(Public).Where(p => p.GetIndexParameters().Length == 0
            && ((direction.HasFlag(Direction.Read) && p.GetMethod?.IsPublic == true) || (direction.HasFlag(Direction.Write) && p.SetMethod?.IsPublic == true)));
        return type.GetFields(Public).Concat<MemberInfo>(properties).Where(m => m.GetCustomAttribute<NoColumnAttribute>() is null);
    }

    private static DataViewType TypeOf(MemberInfo member)
    {
        var (item, isVector) = ClrValue.Shape(MemberType(member));
        var itemType = DataViewTypes.PrimitiveOrNull(item)
            ?? throw Check.OutOfRange("rawType", $"Could not determine an IDataView type and registered custom types for member {member.Name}");
        if (member.GetCustomAttribute<KeyTypeAttribute>() is { } key)
        {
            Check.Argument(KeyDataViewType.IsValidDataType(item), "userType", $"Member {member.Name} marked with KeyType attribute, but does not appear to be a valid kind of data for a key type");
            itemType = new KeyDataViewType(item, key.Count ?? KeyDataViewType.MaxOf(item));
        }
        var vector = member.GetCustomAttribute<VectorTypeAttribute>();
        Check.Argument(vector is null || isVector, "userType", $"Member {member.Name} marked with VectorTypeAttribute, but does not appear to be a vector type");
        if (!isVector)
            return itemType;
        return vector?.Dimensions is { Length: > 0 } dimensions ? new VectorDataViewType(itemType, dimensions) : new VectorDataViewType(itemType);
    }

    public sealed class Column
    {
        private readonly List<(string Kind, DataViewType Type, Delegate Getter)> _annotations = [];

        internal Column(string memberName, DataViewType columnType, string columnName)
            => (MemberName, ColumnType, ColumnName) = (memberName, columnType, columnName);

        public string MemberName { get; }

        public string ColumnName { get; set; }

        public DataViewType ColumnType { get; set; }

        public DataViewSchema.Annotations Annotations
        {
            get
            {
                var builder = new DataViewSchema.Annotations.Builder();
                builder.Add(Inherited, _ => true);
                foreach (var (kind, type, getter) in _annotations)
                    builder.Add(kind, type, getter);
                return builder.ToAnnotations();
            }
        }

        /// <summary>What a schema, given beside the class, says of this column.</summary>
        internal DataViewSchema.Annotations Inherited { get; set; } = DataViewSchema.Annotations.Empty;

        public void AddAnnotation<T>(string kind, T value, DataViewType annotationType)
        {
            Check.NotNull(kind, nameof(kind));
            Check.NotNull(annotationType, nameof(annotationType));
            Check.State(_annotations.All(a => a.Kind != kind), "Column already contains an annotation of this kind.");
            Func<T> read = () => value;
            _annotations.Add((kind, annotationType, ClrValue.Getter(read, annotationType)));
        }
    }
}
