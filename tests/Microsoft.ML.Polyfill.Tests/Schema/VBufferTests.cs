using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests;

public class VBufferTests
{
    [Fact]
    public void Dense_vector_shows_its_values()
    {
        var vector = new VBuffer<float>(3, [1, 2, 3, 99]);
        Assert.True(vector.IsDense);
        Assert.Equal([1, 2, 3], vector.GetValues().ToArray());
        Assert.True(vector.GetIndices().IsEmpty);
        Assert.Equal([1, 2, 3], vector.DenseValues());
        Assert.Equal(2, vector.GetItemOrDefault(1));
    }

    [Fact]
    public void Sparse_vector_is_default_between_its_indices()
    {
        var vector = new VBuffer<float>(5, 2, [7, 8], [1, 4]);
        Assert.False(vector.IsDense);
        Assert.Equal([7, 8], vector.GetValues().ToArray());
        Assert.Equal([1, 4], vector.GetIndices().ToArray());
        Assert.Equal([0, 7, 0, 0, 8], vector.DenseValues());
        Assert.Equal([new(1, 7f), new(4, 8f)], vector.Items());
        Assert.Equal(5, vector.Items(all: true).Count());
        Assert.Equal(0, vector.GetItemOrDefault(0));
        Assert.Equal(8, vector.GetItemOrDefault(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => vector.GetItemOrDefault(5));
    }

    [Fact]
    public void Copies_are_independent_and_keep_sparsity()
    {
        int[] indices = [1, 4];
        var vector = new VBuffer<float>(5, 2, [7, 8], indices);
        VBuffer<float> copy = default, dense = default, part = default;
        vector.CopyTo(ref copy);
        vector.CopyToDense(ref dense);
        vector.CopyTo(ref part, 1, 3);
        indices[0] = 0;
        Assert.Equal([0, 7, 0, 0, 8], copy.DenseValues());
        Assert.False(copy.IsDense);
        Assert.True(dense.IsDense);
        Assert.Equal([0, 7, 0, 0, 8], dense.GetValues().ToArray());
        Assert.Equal([7, 0, 0], part.DenseValues());
        var target = new float[6];
        copy.CopyTo(target, 1, defaultValue: -1);
        Assert.Equal([0, -1, 7, -1, -1, 8], target);
    }

    [Fact]
    public void Editor_reuses_the_buffers_that_are_large_enough()
    {
        var vector = new VBuffer<float>(4, [1, 2, 3, 4]);
        var editor = VBufferEditor.Create(ref vector, 3);
        Assert.False(editor.CreatedNewValues);
        editor.Values.Fill(5);
        vector = editor.Commit();
        Assert.Equal([5, 5, 5], vector.GetValues().ToArray());
        var sparse = VBufferEditor.Create(ref vector, 10, 2);
        sparse.Values[0] = 1;
        sparse.Indices[0] = 9;
        vector = sparse.CommitTruncated(1);
        Assert.Equal(1, vector.GetItemOrDefault(9));
        Assert.Equal(1, vector.GetValues().Length);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new VBuffer<float>(-1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VBuffer<float>(3, [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VBuffer<float>(3, 2, [1, 2], [0]));
    }
}
