using Datasets;

namespace Samples.Tests;

public class IrisTests
{
    // Means over all flowers as the data set's description gives them.
    [Fact]
    public void Load_reads_the_flowers_that_ship_with_the_repository()
    {
        var flowers = Iris.Load().Flowers;
        Assert.Equal([50, 50, 50], Enumerable.Range(0, 3).Select(species => flowers.Count(flower => flower.Species == species)));
        Assert.Equal(new Iris.Flower(5.1, 3.5, 1.4, 0.2, Iris.Setosa), flowers[0]);
        Assert.Equal(5.84, flowers.Average(f => f.SepalLength), 0.005);
        Assert.Equal(3.76, flowers.Average(f => f.PetalLength), 0.005);
        Assert.Equal(1.20, flowers.Average(f => f.PetalWidth), 0.005);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1,2,3,4")]
    [InlineData("1,2,3,4,3")]
    [InlineData("1,2,x,4,0")]
    public void Load_names_the_line_that_is_corrupt(string line)
    {
        var e = Assert.Throws<DatasetException>(() => Iris.Load(new StringReader($"titles\n1,2,3,4,0\n{line}\n")));
        Assert.Contains("line 3", e.Message);
    }
}
