using System.Diagnostics;
using Microsoft.ML;
using MlTraining;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests.Data;

/// <summary>Training rows in temporary files.</summary>
public sealed class RowCacheTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("row-cache-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, MemberData(nameof(TaskModels.Names), MemberType = typeof(TaskModels))]
    public void Rows_on_disk_give_the_weights_of_rows_in_memory(string task)
    {
        AssertSame(task, () => new() { BatchSize = 16 });
        AssertSame(task, () => new() { BatchSize = 16, ValidationFraction = 0.2, ExampleWeightColumnName = "Weight", StandardizeFeatures = true });
        AssertSame(task, () => new() { BatchSize = null, Optimizer = parameters => optim.WolfeLBFGS(parameters) });
    }

    [Fact]
    public void Weights_of_classes_and_a_validation_set_go_together_with_it() => AssertSame("multiclass", () => new()
    {
        ClassWeights = ClassWeights.Balanced,
        ValidationSet = TaskModels.Data(30),
        Patience = 2,
    });

    private void AssertSame(string task, Func<TorchTrainerOptions> options)
    {
        var (memory, disk) = (options(), OnDisk(options()));
        (memory.Epochs, memory.Seed, disk.Epochs, disk.Seed) = (3, 4, 3, 4);
        Assert.Equal(TaskModels.Trainer(task, memory).Fit(TaskModels.Data(200)).Weights(), TaskModels.Trainer(task, disk).Fit(TaskModels.Data(200)).Weights());
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void Rows_with_missing_values_are_left_out_as_in_memory()
    {
        var rows = Row.Some(100);
        foreach (var at in new[] { 0, 50, 99 }) rows[at].Features[1] = float.NaN;
        var (memory, disk) = (new TorchTrainerOptions { Epochs = 2, Seed = 1 }, OnDisk(new() { Epochs = 2, Seed = 1 }));
        Assert.Equal(TaskModels.Trainer("binary", memory).Fit(TaskModels.Data(rows)).Weights(), TaskModels.Trainer("binary", disk).Fit(TaskModels.Data(rows)).Weights());
    }

    [Fact]
    public void Files_have_no_name_in_training_and_are_gone_after_it_however_it_ends()
    {
        Ends(() => { });
        Assert.Throws<TimeoutException>(() => Ends(() => throw new TimeoutException()));
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Ends(stop.Cancel, options => options.CancellationToken = stop.Token));
        Assert.Throws<TrainingDivergedException>(() => Ends(() => { }, options => options.Optimizer = parameters => optim.SGD(parameters, 1e30)));
        var bad = Row.Some(50);
        bad[40].Features[0] = float.NaN;
        Assert.Throws<InvalidOperationException>(() => Ends(() => { }, options => options.BadRows = BadRows.Throw, bad));

        void Ends(Action inEpoch, Action<TorchTrainerOptions>? set = null, List<Row>? rows = null)
        {
            var options = OnDisk(new() { LabelColumnName = "Number", Epochs = 2 });
            options.Progress = new Within(() =>
            {
                if (OperatingSystem.IsLinux())
                {
                    Assert.Empty(Directory.GetFiles(folder));
                    Assert.True(Mapped());
                }
                inEpoch();
            });
            set?.Invoke(options);
            try { Context.Regression.Trainers.Torch(options).Fit(View(rows ?? Row.Some(50))); }
            finally
            {
                Assert.Empty(Directory.GetFiles(folder));
                Assert.False(OperatingSystem.IsLinux() && Mapped());
            }
        }

        bool Mapped() => File.ReadLines("/proc/self/maps").Any(line => line.Contains(folder, StringComparison.Ordinal));
    }

    [Fact]
    public void A_killed_process_leaves_nothing()
    {
        if (OperatingSystem.IsWindows()) return;
        using var process = ChildProcess.Start("train-on-disk", folder, "200");
        while (process.StandardOutput.ReadLine() is { } line && line != "epoch 2") { }
        process.Kill();
        process.WaitForExit();
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task A_drive_that_is_full_ends_the_training_and_says_what_to_do()
    {
        if (OperatingSystem.IsWindows()) return;
        // Of 1,000 blocks of 512 bytes at most; a program that does not ignore the signal is ended by it.
        var limited = new ProcessStartInfo("/bin/sh", ["-c", $"trap '' XFSZ; ulimit -f 1000; exec {ChildProcess.Command("train-on-disk", folder, "100000")}"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        limited.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using var process = Process.Start(limited)!;
        var errors = await process.StandardError.ReadToEndAsync();
        Assert.Contains("Set CacheDirectory", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void The_space_that_is_needed_is_told_and_too_little_refused_at_the_first_row()
    {
        var messages = new List<string>();
        var context = new MLContext();
        context.Log += (_, message) => messages.Add(message.Message);
        var options = OnDisk(new() { LabelColumnName = "Number", Context = context, Epochs = 1 });
        Context.Regression.Trainers.Torch(options).Fit(View(Row.Some(50)));
        Assert.Contains(messages, message => message.Contains($"800 bytes in '{folder}', where ", StringComparison.Ordinal));
        var error = Assert.Throws<IOException>(() => Context.Regression.Trainers.Torch(options).Fit(new Announced(View(Row.Some(50)), 1L << 60)));
        Assert.Contains("Set CacheDirectory to a folder on a drive with more space", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_named()
    {
        var options = OnDisk(new() { LabelColumnName = "Number" });
        options.CacheDirectory = Path.Combine(folder, "none");
        var file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");
        Assert.Contains(options.CacheDirectory, Assert.Throws<DirectoryNotFoundException>(() => Context.Regression.Trainers.Torch(options).Fit(View(Row.Some(50)))).Message, StringComparison.Ordinal);
        options.CacheDirectory = file;
        Assert.Contains("Set CacheDirectory", Assert.Throws<DirectoryNotFoundException>(() => Context.Regression.Trainers.Torch(options).Fit(View(Row.Some(50)))).Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            options.CacheDirectory = "/proc";       // where nobody may make a file
            Assert.Contains("'/proc'", Assert.Throws<IOException>(() => Context.Regression.Trainers.Torch(options).Fit(View(Row.Some(50)))).Message, StringComparison.Ordinal);
        }
        options.CacheDirectory = "";
        Assert.Throws<ArgumentException>(() => Context.Regression.Trainers.Torch(options));
        Assert.Throws<ArgumentOutOfRangeException>(() => Context.Regression.Trainers.Torch(new TorchTrainerOptions { RowCache = (RowCache)2 }));
    }

    private TorchTrainerOptions OnDisk(TorchTrainerOptions options)
    {
        (options.RowCache, options.CacheDirectory) = (RowCache.Disk, folder);
        return options;
    }

    private sealed class Within(Action then) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => then();
    }

    /// <summary>A view that says that it has so many rows.</summary>
    private sealed class Announced(IDataView source, long rows) : IDataView
    {
        public bool CanShuffle => false;
        public DataViewSchema Schema => source.Schema;
        public long? GetRowCount() => rows;
        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => source.GetRowCursor(columnsNeeded, rand);
        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => throw new NotSupportedException();
    }
}
