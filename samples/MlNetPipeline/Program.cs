using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML;
using MlNetPipeline;

var folder = new Argument<string>("folder") { Description = "Where the models are saved", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "MlNetPipeline") };
var saved = new Argument<string>("folder") { Description = "Where the models were saved" };
foreach (var argument in new[] { folder, saved })
    argument.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<string>()?.StartsWith('-') == true) result.AddError($"There is no option {result.GetValueOrDefault<string>()}.");
    });

var predict = new Command("predict", "Loads the models and predicts some of the rows.") { saved };
var command = new RootCommand("Trains a model for each of three tables, saves them, and starts itself again to predict with them.") { folder, predict };
var context = new MLContext(seed: 1);
ITask[] tasks = [new Tumors(context), new Wines(context), new Diabetes(context)];
predict.SetAction(arguments => Tell(() => Predict(arguments.GetRequiredValue(saved))));
command.SetAction(arguments => Tell(() => Train(arguments.GetRequiredValue(folder))));
return command.Parse(args).Invoke();

int Train(string folder)
{
    folder = Directory.CreateDirectory(folder).FullName;
    foreach (var task in tasks)
    {
        Console.WriteLine($"\n{task.Name}");
        task.Train(Model(folder, task));
    }
    Console.WriteLine($"\nA second process loads the models from {folder}");
    using var second = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(ITask).Assembly.Location] : Array.Empty<string>(), "predict", folder]))!;
    second.WaitForExit();
    return second.ExitCode;
}

int Predict(string folder)
{
    foreach (var task in tasks) task.Predict(Model(folder, task));
    return 0;
}

static string Model(string folder, ITask task) => Path.Combine(folder, task.Name + ".zip");

// A folder that cannot be written or read is the user's to mend: one line, exit code 2.
static int Tell(Func<int> run)
{
    try
    {
        return run();
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(e.Message);
        return 2;
    }
}
