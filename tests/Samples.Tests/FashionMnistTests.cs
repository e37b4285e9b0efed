using Datasets;

namespace Samples.Tests;

public class FashionMnistTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Load_gives_the_pixels_and_labels_of_both_parts(bool compressed)
    {
        using var folder = new DatasetFolder(compressed);

        var data = FashionMnist.Load(folder.FullName);

        Assert.Equal(3, data.Train.Count);
        Assert.Equal(DatasetFolder.Pixels(3), data.Train.Pixels);
        Assert.Equal([9, 0, 4], data.Train.Labels);
        Assert.Equal(2, data.Test.Count);
        Assert.Equal(DatasetFolder.Pixels(2), data.Test.Pixels);
        Assert.Equal([1, 2], data.Test.Labels);
    }

    [Fact]
    public void Load_from_a_folder_that_does_not_exist_says_which_file_is_missing_and_what_to_do()
    {
        var error = Assert.Throws<DatasetException>(() => FashionMnist.Load("/nowhere"));

        Assert.StartsWith("/nowhere/train-images-idx3-ubyte[.gz] is missing; ", error.Message);
        Assert.Contains("dataset-fashion-mnist", error.Message);
        Assert.Contains("--data", error.Message);
    }

    [Theory]
    [InlineData(DatasetFolder.TrainImages)]
    [InlineData(DatasetFolder.TrainLabels)]
    [InlineData(DatasetFolder.TestImages)]
    [InlineData(DatasetFolder.TestLabels)]
    public void Load_names_the_file_that_is_missing(string name)
    {
        using var folder = new DatasetFolder();
        File.Delete(folder.PathOf(name));

        AssertRefused(folder, name, "[.gz] is missing");
    }

    [Theory]
    [InlineData(DatasetFolder.TrainImages, 0, "is truncated: it ends within its header")]
    [InlineData(DatasetFolder.TrainImages, 15, "is truncated: it ends within its header")]
    [InlineData(DatasetFolder.TrainImages, 16, "is truncated: it holds 0 of 2352 elements")]
    [InlineData(DatasetFolder.TestImages, 16 + 1567, "is truncated: it holds 1567 of 1568 elements")]
    [InlineData(DatasetFolder.TestLabels, 9, "is truncated: it holds 1 of 2 elements")]
    public void Load_refuses_a_truncated_file(string name, int length, string problem)
    {
        using var folder = new DatasetFolder();
        folder.Damage(name, bytes => bytes[..length]);

        AssertRefused(folder, name, " " + problem);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    public void Load_refuses_a_truncated_compressed_file(int cut)
    {
        using var folder = new DatasetFolder(compressed: true);
        folder.Damage(DatasetFolder.TrainImages + ".gz", bytes => bytes[..^cut]);

        AssertRefused(folder, DatasetFolder.TrainImages + ".gz", " is truncated");
    }

    [Fact]
    public void Load_refuses_a_compressed_file_whose_checksum_is_wrong()
    {
        using var folder = new DatasetFolder(compressed: true);
        folder.Damage(DatasetFolder.TrainLabels + ".gz", bytes =>
        {
            bytes[^8] ^= 1;
            return bytes;
        });

        AssertRefused(folder, DatasetFolder.TrainLabels + ".gz", " is corrupt");
    }

    [Fact]
    public void Load_refuses_a_file_with_gz_in_its_name_that_is_not_compressed()
    {
        using var folder = new DatasetFolder(compressed: true);
        folder.Damage(DatasetFolder.TestLabels + ".gz", _ => DatasetFolder.Idx([2], [1, 2]));

        AssertRefused(folder, DatasetFolder.TestLabels + ".gz", " is corrupt");
    }

    public static TheoryData<string, byte[], string> CorruptFiles => new()
    {
        { DatasetFolder.TrainImages, DatasetFolder.Idx([3, 28, 28], DatasetFolder.Pixels(3), type: 0x0D), "it is not an IDX file of bytes in 3 dimension(s)" },
        { DatasetFolder.TrainImages, DatasetFolder.Idx([3 * 28, 28], DatasetFolder.Pixels(3)), "it is not an IDX file of bytes in 3 dimension(s)" },
        { DatasetFolder.TrainImages, [.. DatasetFolder.Idx([3, 28, 28], DatasetFolder.Pixels(3)), 0], "more follows after its 2352 elements" },
        { DatasetFolder.TrainImages, DatasetFolder.Idx([3, 14, 56], DatasetFolder.Pixels(3)), "its images are not 28 x 28" },
        { DatasetFolder.TrainImages, DatasetFolder.Idx([-3, 28, 28], DatasetFolder.Pixels(3)), "its header says -3 x 28 x 28 elements" },
        { DatasetFolder.TrainImages, DatasetFolder.Idx([int.MaxValue, 28, 28], DatasetFolder.Pixels(3)), "its header says 2147483647 x 28 x 28 elements" },
        { DatasetFolder.TrainLabels, DatasetFolder.Idx([2], [9, 0]), "2 labels for 3 images" },
        { DatasetFolder.TestLabels, DatasetFolder.Idx([2], [1, 10]), "a label is not below 10" },
        { DatasetFolder.TestLabels, "<html>404</html>"u8.ToArray(), "it is not an IDX file of bytes in 1 dimension(s)" },
    };

    [Theory]
    [MemberData(nameof(CorruptFiles))]
    public void Load_refuses_a_corrupt_file(string name, byte[] content, string problem)
    {
        using var folder = new DatasetFolder();
        folder.Write(name, content);

        AssertRefused(folder, name, " is corrupt: " + problem);
    }

    [Fact]
    public void Load_does_not_reserve_the_memory_that_a_false_header_claims()
    {
        using var folder = new DatasetFolder();
        folder.Write(DatasetFolder.TrainImages, DatasetFolder.Idx([2_000_000, 28, 28], DatasetFolder.Pixels(3)));
        var before = GC.GetAllocatedBytesForCurrentThread();

        AssertRefused(folder, DatasetFolder.TrainImages, " is truncated: it holds 2352 of 1568000000 elements");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    private static void AssertRefused(DatasetFolder folder, string name, string problem)
    {
        var error = Assert.Throws<DatasetException>(() => FashionMnist.Load(folder.FullName));
        Assert.StartsWith(folder.PathOf(name) + problem, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
