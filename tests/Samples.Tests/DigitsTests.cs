using System.IO.Compression;
using System.Text;
using Datasets;

namespace Samples.Tests;

public class DigitsTests
{
    private static readonly string Blank = string.Concat(Enumerable.Repeat("0,", 64));

    [Fact]
    public void Load_reads_the_images_and_classes_that_ship_with_the_repository()
    {
        var digits = Digits.Load();

        Assert.Equal((1437, 360), (digits.Train.Count, digits.Test.Count));
        Assert.Equal([0, 0, 5, 13, 9, 1, 0, 0], digits.Train.Pixels[..8]);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], digits.Train.Labels[..10]);
        Assert.Equal([8, 9, 8], digits.Test.Labels[^3..]);
        Assert.Equal(1437 * 64, digits.Train.Pixels.Length);
        // how many there are of each class: as the data set's description counts them
        int[] counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180];
        Assert.Equal(counts, Enumerable.Range(0, 10).Select(digit => digits.Train.Labels.Concat(digits.Test.Labels).Count(label => label == digit)));
    }

    public static TheoryData<string> CorruptLines => ["", "0,0,0", $"17,{Blank[2..]}1", $"-1,{Blank[2..]}1", $"x,{Blank[2..]}1", $"{Blank}10", $"{Blank}1,1"];

    [Theory]
    [MemberData(nameof(CorruptLines))]
    public void Load_names_the_line_that_is_corrupt(string line)
    {
        var error = Assert.Throws<DatasetException>(() => Digits.Load(Compressed($"{Blank}3\n{line}\n"), testImages: 1));

        Assert.Contains("line 2 is not 64 grey values", error.Message);
    }

    [Fact]
    public void Load_refuses_fewer_images_than_the_test_part_needs()
    {
        var error = Assert.Throws<DatasetException>(() => Digits.Load(Compressed($"{Blank}3\n"), testImages: 1));
        Assert.Contains("is truncated", error.Message);
    }

    [Fact]
    public void Load_refuses_what_is_not_compressed() =>
        Assert.Throws<DatasetException>(() => Digits.Load(new MemoryStream("no gzip"u8.ToArray()), testImages: 1));

    private static MemoryStream Compressed(string text)
    {
        var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.ASCII.GetBytes(text));
        file.Position = 0;
        return file;
    }
}
