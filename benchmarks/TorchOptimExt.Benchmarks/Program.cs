using System.CommandLine;
using Datasets;
using TorchOptimExt.Benchmarks.Gpu;
using TorchOptimExt.Benchmarks.LineSearch;
using TorchOptimExt.Benchmarks.MlNet;
using TorchOptimExt.Benchmarks.RandomSearch;
using TorchOptimExt.Benchmarks.Ranks;
using TorchOptimExt.Benchmarks.Scaling;
using TorchOptimExt.Benchmarks.Steps;

// One subcommand a file, in a folder of its own; 'steps' where none is named.
var root = new RootCommand("Measures TorchOptimExt beside its rivals. Without a command: steps.")
{
    StepsCommand.Create(),
    LineSearchCommand.Create(),
    ArsCommand.Create(),
    MlNetCommand.Create(),
    DataCommand.Create(),
    ScalingCommand.Create(),
    MpiCommand.Create(),
    GpuCommand.Create(),
};
var named = args.Length > 0 && (!args[0].StartsWith('-') || args[0] is "-h" or "-?" or "--help" or "--version");
try
{
    return root.Parse(named ? args : ["steps", .. args]).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is DatasetException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
