using System.CommandLine;
using Perceptron;
using TorchSharp;

var plot = new Option<string?>("--plot") { Description = "SVG file to draw into" };
plot.Validators.Add(result =>
{
    if (Path.GetDirectoryName(Path.GetFullPath(result.GetValueOrDefault<string>()!)) is { } folder && !Directory.Exists(folder)) result.AddError($"--plot: there is no folder {folder}.");
});
var command = new RootCommand("Trains one sigmoid unit to tell two irises apart: with gradients, and without.") { plot };
command.SetAction(arguments =>
{
    var data = new TwoIrises();
    var units = Method.All.Select(method => (method, unit: method.Train(data))).ToArray();
    Console.WriteLine("  evaluations      loss  errors");
    foreach (var (method, unit) in units)
        Console.WriteLine($"  {method.Steps * method.EvaluationsOfAStep,11} {unit.Loss(data).ToDouble(),9:F6} {unit.Errors(data),7}  {method.Name}: {method.Code}");
    if (arguments.GetValue(plot) is { } file)
    {
        File.WriteAllText(file, Drawing.Svg(data, [.. units.Select(u => (u.method.Name, u.unit))]));
        Console.WriteLine($"Drawn into {file}.");
    }
    return 0;
});
return command.Parse(args).Invoke();
