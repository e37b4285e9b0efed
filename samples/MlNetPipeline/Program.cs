using System.Diagnostics;
using Microsoft.ML;
using MlNetPipeline;

// MlNetPipeline [FOLDER]: trains a model for each of three tables, saves them in the folder, and starts itself again to predict.
// MlNetPipeline predict FOLDER: loads the models and predicts some of the rows.
var context = new MLContext(seed: 1);
ITask[] tasks = [new Tumors(context), new Wines(context), new Diabetes(context)];
if (args is ["predict", var saved])
{
    foreach (var task in tasks) task.Predict(Model(saved, task));
    return 0;
}

var folder = Directory.CreateDirectory(args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), "MlNetPipeline")).FullName;
foreach (var task in tasks)
{
    Console.WriteLine($"\n{task.Name}");
    task.Train(Model(folder, task));
}
Console.WriteLine($"\nA second process loads the models from {folder}");
using var second = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(ITask).Assembly.Location] : Array.Empty<string>(), "predict", folder]))!;
second.WaitForExit();
return second.ExitCode;

static string Model(string folder, ITask task) => Path.Combine(folder, task.Name + ".zip");
