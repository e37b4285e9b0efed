using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests;

public class DataViewSchemaTests
{
    [Fact]
    public void A_later_column_of_a_name_hides_the_earlier_one()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("X", NumberDataViewType.Single);
        builder.AddColumn("Y", TextDataViewType.Instance);
        builder.AddColumn("X", NumberDataViewType.Double);
        var schema = builder.ToSchema();
        Assert.Equal([true, false, false], schema.Select(c => c.IsHidden));
        Assert.Equal(2, schema["X"].Index);
        Assert.Null(schema.GetColumnOrNull("Z"));
        Assert.Throws<ArgumentOutOfRangeException>(() => schema["Z"]);
        Assert.Throws<ArgumentOutOfRangeException>(() => schema[3]);
    }

    [Fact]
    public void Annotations_give_their_values()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddPrimitiveValue("IsNormalized", BooleanDataViewType.Instance, true);
        ReadOnlyMemory<char>[] names = ["a".AsMemory(), "b".AsMemory()];
        builder.Add("SlotNames", new VectorDataViewType(TextDataViewType.Instance, 2), (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(2, names));
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("F", new VectorDataViewType(NumberDataViewType.Single, 2), builder.ToAnnotations());
        var column = schema.ToSchema()["F"];
        Assert.True(column.IsNormalized());
        Assert.True(column.HasSlotNames());
        Assert.False(column.HasKeyValues());
        VBuffer<ReadOnlyMemory<char>> read = default;
        column.GetSlotNames(ref read);
        Assert.Equal(["a", "b"], read.DenseValues().Select(n => n.ToString()));
        var flag = 0f;
        Assert.Throws<InvalidOperationException>(() => column.Annotations.GetValue("IsNormalized", ref flag));
        Assert.Throws<InvalidOperationException>(() => column.Annotations.GetValue("Other", ref flag));
        Assert.Throws<ArgumentException>(() => builder.Add("Bad", NumberDataViewType.Single, (ValueGetter<int>)((ref int value) => value = 1)));
    }

    [Fact]
    public void Types_are_equal_by_what_they_hold()
    {
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), (DataViewType)new VectorDataViewType(NumberDataViewType.Single, 3));
        Assert.NotEqual(new VectorDataViewType(NumberDataViewType.Single, 3), (DataViewType)new VectorDataViewType(NumberDataViewType.Single));
        Assert.Equal(new KeyDataViewType(typeof(uint), 3), (DataViewType)new KeyDataViewType(typeof(uint), 3UL));
        Assert.NotEqual(new KeyDataViewType(typeof(uint), 3), (DataViewType)new KeyDataViewType(typeof(ulong), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeyDataViewType(typeof(byte), 256));
        Assert.Equal(6, new VectorDataViewType(NumberDataViewType.Single, 2, 3).Size);
        Assert.False(new VectorDataViewType(NumberDataViewType.Single).IsKnownSize);
    }

    [Fact]
    public void Types_name_themselves()
    {
        Assert.Equal("Single", NumberDataViewType.Single.ToString());
        Assert.Equal("String", TextDataViewType.Instance.ToString());
        Assert.Equal("Vector<Single, 3>", new VectorDataViewType(NumberDataViewType.Single, 3).ToString());
        Assert.Equal("Vector<Single>", new VectorDataViewType(NumberDataViewType.Single).ToString());
        Assert.Equal("Vector<Single, 2, 3>", new VectorDataViewType(NumberDataViewType.Single, 2, 3).ToString());
        Assert.Equal("Key<UInt32, 0-4>", new KeyDataViewType(typeof(uint), 5).ToString());
    }
}
