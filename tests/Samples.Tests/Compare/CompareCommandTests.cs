using System.Globalization;
using System.Text.Json;
using Datasets;

namespace Samples.Tests;

public sealed class CompareCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("compare-");

    private string Output => Path.Combine(folder.FullName, "report");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void All_optimizers_train_on_the_digits_and_those_with_the_same_algorithm_keep_the_reference_s_weights()
    {
        var ended = Compare("--data", "digits", "--epochs", "1", "--full-batch-steps", "4");

        Assert.Equal(0, ended.ExitCode);
        Assert.DoesNotContain("xception", ended.Error); // libtorch itself may write warnings there
        var rows = Results();
        Assert.True(rows.Length >= 14);
        foreach (var row in rows)
        {
            Assert.InRange(Number(row["final loss"]), 0, 2.5); // ln 10 is what guessing costs
            if (row["reference"] is "–" || row["reference"].Contains("closest")) continue;
            Assert.InRange(Number(row["largest weight difference"]), 0, 1e-5);
            Assert.Equal(Number(row["final loss"]), Number(row["reference's loss"]), 1e-3);
        }
        Assert.All(rows, row => Assert.Contains(row["optimizer"], ended.Output));
    }

    [Fact]
    public void The_report_needs_no_other_file_and_has_a_row_and_plots_for_each_optimizer()
    {
        Compare("--data", "digits", "--epochs", "1", "--full-batch-steps", "4", "--optimizers", "adam,RpropPlus", "--model", "cnn");

        var report = File.ReadAllText(Path.Combine(Output, "report.html"));
        Assert.Contains("<td>Adam</td>", report);
        Assert.Contains("<td>RpropPlus</td>", report);
        Assert.Contains("torch.optim.fused.Adam(model.parameters(), 0.001)", report);
        Assert.Contains("prefers-color-scheme: dark", report);
        Assert.Contains("data-picture=\"RpropPlus-loss\"", report);
    }

    [Fact]
    public void The_same_seed_gives_the_same_losses_and_another_seed_others()
    {
        string Losses(string seed)
        {
            Compare("--data", "digits", "--epochs", "1", "--optimizers", "Adam", "--seed", seed);
            return Results().Single()["final loss"];
        }

        var first = Losses("3");
        Assert.Equal(first, Losses("3"));
        Assert.NotEqual(first, Losses("4"));
    }

    [Fact]
    public void A_table_is_learned_with_the_best_of_several_learning_rates()
    {
        var table = Path.Combine(folder.FullName, "flowers.csv");
        File.WriteAllLines(table, Iris.Load().Flowers.Select(flower => FormattableString.Invariant($"{flower.SepalLength},{flower.SepalWidth},{flower.PetalLength},{flower.PetalWidth},species {flower.Species}"))
            .Prepend("sepal length,sepal width,petal length,petal width,species"));

        var ended = Compare("--data", table, "--label", "species", "--lr", "1e-5..1e-1", "--optimizer", "Adam", "--optimizer", "SGD:momentum=0.5", "--epochs", "20");

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.All(Results(), row => Assert.InRange(Number(row["test accuracy"]), 85, 100));
        Assert.All(Results(), row => Assert.InRange(Number(row["largest weight difference"]), 0, 1e-5));
        var results = JsonDocument.Parse(File.ReadAllText(Path.Combine(Output, "results.json"))).RootElement;
        foreach (var sweep in results.GetProperty("sweeps").EnumerateArray())
        {
            var trials = sweep.GetProperty("trials").EnumerateArray().ToArray();
            Assert.Equal(9, trials.Length);
            Assert.Equal(trials.MinBy(trial => trial.GetProperty("finalLoss").GetDouble()).GetProperty("lr").GetDouble(), sweep.GetProperty("bestLr").GetDouble());
        }
        Assert.Equal(["Adam", "SGD:momentum=0.5"], results.GetProperty("optimizers").EnumerateArray().Select(optimizer => optimizer.GetProperty("name").GetString()));
        Assert.Contains("data-picture=\"learning-rates\"", File.ReadAllText(Path.Combine(Output, "report.html")));
    }

    [Theory]
    [InlineData("--label", "species", "--label is for tables")]
    [InlineData("--device", "cuda:99", "--device is 'cuda:99'")]
    [InlineData("--device", "toaster", "must be cpu, cuda")]
    [InlineData("--lr", "1..0.1", "--lr is '1..0.1'")]
    [InlineData("--lr", "0", "--lr is '0'")]
    [InlineData("--optimizer", "Adam:lr", "NAME=VALUE")]
    public void What_cannot_be_is_said_in_one_line(string option, string value, string said) => Assert.Contains(said, AssertRefused(option, value));

    [Fact]
    public void Interrupted_it_reports_what_is_there()
    {
        using var sample = new SampleProcess("CompareOptimizers", "--output", Output, "--threads", "1", "--data", "digits", "--epochs", "100000", "--optimizers", "Adam,SGD");
        var lines = new List<string?>();
        do lines.Add(sample.ReadLine()); while (lines[^1] is { } line && !line.StartsWith("Adam ", StringComparison.Ordinal));

        sample.Interrupt();
        var ended = sample.End();

        Assert.Equal((130, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("interrupted", Results().Single()["optimizer"]);
        Assert.Contains("This run was interrupted", File.ReadAllText(Path.Combine(Output, "report.html")));
    }

    [Fact]
    public void An_unknown_optimizer_is_refused_with_the_known_ones()
    {
        var error = AssertRefused("--optimizers", "Adam,Adamantium");

        Assert.Contains("'Adamantium'", error);
        Assert.Contains("Adadelta, ", error);
    }

    [Theory]
    [InlineData("--epochs", "0")]
    [InlineData("--epochs", "many")]
    [InlineData("--batch-size", "-1")]
    [InlineData("--seed", "-5")]
    [InlineData("--model", "transformer")]
    [InlineData("--optimisers", "Adam")]
    [InlineData("--optimizers", ",")]
    public void A_wrong_option_is_named(string option, string value) => Assert.Contains(option == "--model" ? value : option, AssertRefused(option, value));

    [Fact]
    public void Missing_data_is_named()
    {
        var error = AssertRefused("--data", "/nowhere");

        Assert.StartsWith("/nowhere/train-images-idx3-ubyte[.gz] is missing; ", error);
        Assert.Contains("--data", error);
    }

    [Fact]
    public void Truncated_data_is_named()
    {
        using var data = new DatasetFolder();
        data.Damage(DatasetFolder.TestImages, bytes => bytes[..^1]);

        Assert.StartsWith(data.PathOf(DatasetFolder.TestImages) + " is truncated", AssertRefused("--data", data.FullName));
    }

    [Fact]
    public void Corrupt_data_is_named()
    {
        using var data = new DatasetFolder(compressed: true);
        data.Damage(DatasetFolder.TrainLabels + ".gz", _ => "no gzip"u8.ToArray());

        Assert.StartsWith(data.PathOf(DatasetFolder.TrainLabels + ".gz") + " is corrupt", AssertRefused("--data", data.FullName));
    }

    [Fact]
    public void Few_images_are_enough()
    {
        using var data = new DatasetFolder();

        Assert.Equal(0, Compare("--data", data.FullName, "--epochs", "1", "--full-batch-steps", "2", "--optimizers", "Adam,Rprop").ExitCode);
    }

    [Fact]
    public void An_output_that_cannot_be_written_is_refused_before_anything_is_trained()
    {
        var file = Path.Combine(folder.FullName, "file");
        File.WriteAllText(file, "");

        var ended = SampleProcess.Run("CompareOptimizers", "--data", "digits", "--output", Path.Combine(file, "report"));

        AssertRefused(ended);
        Assert.Contains(file, ended.Error);
        Assert.Contains("--output", ended.Error);
    }

    [Fact]
    public void Help_is_no_error()
    {
        var ended = SampleProcess.Run("CompareOptimizers", "--help");

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("--optimizers", ended.Output);
    }

    private Ended Compare(params string[] arguments) => SampleProcess.Run("CompareOptimizers", ["--output", Output, "--threads", "1", .. arguments]);

    private string AssertRefused(params string[] arguments)
    {
        var ended = Compare(arguments);
        AssertRefused(ended);
        return ended.Error;
    }

    private static void AssertRefused(Ended ended)
    {
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Single(ended.Error.TrimEnd('\n').Split('\n'));
    }

    /// <summary>The rows of results.csv by their columns' names.</summary>
    private Dictionary<string, string>[] Results()
    {
        var lines = File.ReadAllLines(Path.Combine(Output, "results.csv"));
        return [.. lines[1..].Select(line => lines[0].Split(',').Zip(line.Split(',')).ToDictionary(cell => cell.First, cell => cell.Second))];
    }

    private static double Number(string cell) => double.Parse(cell.TrimEnd(' ', '*', '×', '%'), CultureInfo.InvariantCulture);
}
