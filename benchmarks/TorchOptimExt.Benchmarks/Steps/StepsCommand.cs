using System.CommandLine;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary><c>steps</c>: the time of one optimizer step beside TorchSharp's and PyTorch's.</summary>
internal static class StepsCommand
{
    public static Command Create()
    {
        var command = new Command("steps", "The time of one optimizer step, ours beside TorchSharp's and PyTorch's");
        command.SetAction(_ => Console.WriteLine("to come"));
        return command;
    }
}
