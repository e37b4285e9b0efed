using System.Globalization;
using CompareOptimizers;
using CompareOptimizers.Data;
using CompareOptimizers.Training;
using static TorchSharp.torch;

namespace Samples.Tests;

public sealed class TableTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("table-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    public void Texts_are_encoded_gaps_filled_and_numbers_standardized(char separator)
    {
        var rows = Enumerable.Range(0, 100).Select(i => new[] { i % 2 == 0 ? "red" : "\"dark blue\"", i % 10 == 0 ? "" : $"{i}", $"{2 * i + 1}" });

        using var scope = NewDisposeScope();
        var problem = Load(separator, ["colour", "size", "y"], rows, "y");

        Assert.IsType<Regression>(problem.Objective);
        Assert.Equal(100, problem.Train.Count + problem.Test.Count);
        Assert.InRange(problem.Test.Count, 5, 40);
        Assert.Equal(3, problem.Features); // the size, and two colours
        Assert.True(problem.Train.Inputs.isfinite().all().item<bool>() && problem.Test.Inputs.isfinite().all().item<bool>());
        Assert.Equal(0, problem.Train.Targets.mean().item<float>(), 1e-5);
        Assert.Equal(1, problem.Train.Targets.std(unbiased: false).item<float>(), 1e-4);
        Assert.Equal(1, problem.Train.Inputs.std(0, unbiased: false).max().item<float>(), 1e-3);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(25, false)]
    public void Few_whole_numbers_are_classes_many_are_numbers(int different, bool classes)
    {
        using var scope = NewDisposeScope();
        var problem = Load(',', ["x", "y"], Enumerable.Range(0, 200).Select(i => new[] { $"{i}", $"{i % different}" }), "Y");

        Assert.Equal(classes ? new Classification(different) : new Regression(), problem.Objective);
    }

    [Fact]
    public void Rows_without_a_label_are_left_out()
    {
        using var scope = NewDisposeScope();
        var numbers = Load(',', ["x", "y"], Enumerable.Range(0, 100).Select(i => new[] { $"{i}", i < 20 ? "" : i.ToString("F1", CultureInfo.InvariantCulture) }), "y");
        var texts = Load(',', ["x", "y"], Enumerable.Range(0, 100).Select(i => new[] { $"{i}", i < 20 ? "" : i % 2 == 0 ? "even" : "odd" }), "y");

        Assert.Equal((80, 80), (numbers.Train.Count + numbers.Test.Count, texts.Train.Count + texts.Test.Count));
        Assert.Equal(new Classification(2), texts.Objective);
    }

    [Fact]
    public void Columns_can_be_left_out()
    {
        var names = Enumerable.Range(0, 150).Select(i => new[] { $"passenger {i}", $"{i}", $"{i % 2}" });

        var error = Assert.Throws<UserException>(() => Load(',', ["name", "x", "y"], names, "y"));
        using var scope = NewDisposeScope();

        Assert.Contains("--ignore name", error.Message);
        Assert.Equal(1, Load(',', ["name", "x", "y"], names, "y", "name").Features);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("x\n1\n", "one title only")]
    [InlineData("x,y\n1,2\n1,2,3\n", "row 2 of")]
    [InlineData("x,y\n1,2\n", "1 rows, but at least 10")]
    [InlineData("x,y\n\"1,2\n", "cannot be read")]
    public void A_file_that_is_no_table_is_refused(string text, string said)
    {
        var path = Path.Combine(folder.FullName, "t.csv");
        File.WriteAllText(path, text);
        Assert.Contains(said, Assert.Throws<UserException>(() => Problem(path, "y")).Message);
    }

    [Fact]
    public void A_label_that_is_always_the_same_is_refused() =>
        Assert.Contains("are the same", Assert.Throws<UserException>(() => Load(',', ["x", "y"], Enumerable.Range(0, 20).Select(i => new[] { $"{i}", "1" }), "y")).Message);

    private Problem Load(char separator, string[] titles, IEnumerable<string[]> rows, string label, params string[] ignored)
    {
        var path = Path.Combine(folder.FullName, "t.csv");
        File.WriteAllLines(path, rows.Prepend(titles).Select(row => string.Join(separator, row)));
        return Problem(path, label, ignored);
    }

    private static Problem Problem(string path, string label, params string[] ignored)
    {
        var table = TableFile.Open(path);
        return new TableProblem(table, table.Find("--label", label), [.. ignored.Select(name => table.Find("--ignore", name))], seed: 1).Load();
    }
}
