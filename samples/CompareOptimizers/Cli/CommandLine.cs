using System.CommandLine;
using Datasets;

namespace CompareOptimizers.Cli;

/// <summary>Parses the arguments, runs what they ask for and turns the errors that a user can mend into one line and exit code 2.</summary>
internal static class CommandLine
{
    public const int UserError = 2;

    public static int Run(string[] args)
    {
        var command = CompareCommand.Create();
        command.Add(SurfacesCommand.Create());
        command.Add(BatchesCommand.Create());
        command.Add(CaseStudyCommand.Create());
        command.Add(PicturesCommand.Create());
        var arguments = command.Parse(args);
        if (arguments.Errors.Count > 0)
            return Fail($"{OneLine(arguments.Errors[0].Message).TrimEnd('.')}; --help lists the options.");
        try
        {
            return arguments.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            return Interrupt.ExitCode;
        }
        catch (Exception e) when (e is UserException or DatasetException)
        {
            return Fail(e.Message);
        }
    }

    private static string OneLine(string message) => string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return UserError;
    }
}
