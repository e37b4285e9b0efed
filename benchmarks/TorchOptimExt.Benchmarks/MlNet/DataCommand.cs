using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using TorchOptimExt.Benchmarks.Cli;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary><c>mlnet-data</c>: what large models cost to save, and large or sparse data to train on. Each measurement is a process.</summary>
internal static class DataCommand
{
    private const string Name = "mlnet-data", Measured = "--measured";

    public static Command Create()
    {
        var rows = Options.Some("--rows", "Which tables to measure", "saving", "disk", "sparse");
        var gigabytes = Options.Count("--gigabytes", "The size of the data that is larger than memory", 8);
        var folder = new Option<string?>("--folder") { Description = "The folder of large files (default: the system's for temporary files)" };
        var threads = Options.Count("--threads", "Threads of libtorch", Environment.ProcessorCount);
        var measured = new Option<string?>(Measured) { Description = "One measurement, in this process", Hidden = true };
        var command = new Command(Name, "Saving large models, and training on data that is larger than memory or sparse, in an ML.NET pipeline")
        {
            rows, gigabytes, folder, threads, measured,
        };
        command.SetAction(arguments =>
        {
            set_num_threads(arguments.GetValue(threads));
            var (size, path) = (arguments.GetValue(gigabytes), arguments.GetValue(folder) ?? Path.GetTempPath());
            if (arguments.GetValue(measured) is { } one) Measure(one, size, path);
            else Tables(row => arguments.Has(rows, row), $"--gigabytes {size} --threads {arguments.GetValue(threads)}", path);
        });
        return command;
    }

    private static void Tables(Func<string, bool> asked, string options, string folder)
    {
        if (asked("saving"))
        {
            foreach (var measurement in LargeModel.Measurements) Run(measurement, options, folder);
            LargeModel.Delete(folder);
        }
        if (asked("disk")) Run(LargeData.Name, options, folder, ("DOTNET_GCHeapHardLimit", "0x10000000"));
        if (asked("sparse")) foreach (var measurement in SparseTexts.Measurements) Run(measurement, options, folder);
    }

    private static void Measure(string measurement, int gigabytes, string folder)
    {
        using var memory = new MemoryWatch();
        if (measurement == LargeData.Name) LargeData.Measure(gigabytes, folder, memory);
        else if (LargeModel.Measurements.Contains(measurement)) LargeModel.Measure(measurement, folder, memory);
        else SparseTexts.Measure(measurement, memory);
    }

    private static void Run(string measurement, string options, string folder, params (string name, string value)[] environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(DataCommand).Assembly.Location);
        foreach (var argument in (string[])[Name, Measured, measurement, "--folder", folder, .. options.Split(' ')]) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{measurement}: ended with {process.ExitCode}"));
    }
}
