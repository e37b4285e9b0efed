using System.CommandLine;
using CompareOptimizers.Report;

namespace CompareOptimizers.Cli;

/// <summary><c>pictures</c>: the figures of reports as images, for pages that cannot show the reports themselves.</summary>
internal static class PicturesCommand
{
    public static Command Create()
    {
        var reports = new Argument<string[]>("reports") { Description = "Reports that the other commands wrote", Arity = ArgumentArity.OneOrMore };
        var only = new Option<string[]>("--only") { Description = "Names of the pictures that are wanted (default: all)", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true };
        var output = new Option<string>("--output") { Description = "Folder for the pictures", DefaultValueFactory = _ => Path.Combine("artifacts", "compare", "pictures") };
        var browser = new Option<string?>("--browser") { Description = "Chromium, Chrome or Edge (default: the one on the PATH)" };
        var command = new Command("pictures", "Draws the figures of reports as SVG files, by a headless browser.") { reports, only, output, browser };
        command.SetAction(arguments =>
        {
            var executable = arguments.GetValue(browser) ?? HeadlessBrowser.Find()
                ?? throw new UserException("No browser is on the PATH; install one (on Debian: apt-get install chromium) or name Chromium, Chrome or Edge with --browser.");
            return Run(executable, arguments.GetRequiredValue(reports), arguments.GetRequiredValue(only), OutputFolder.Open(arguments.GetRequiredValue(output))).GetAwaiter().GetResult();
        });
        return command;
    }

    private static async Task<int> Run(string executable, string[] reports, string[] only, OutputFolder output)
    {
        foreach (var report in reports)
        {
            if (!File.Exists(report)) throw new UserException($"{report} is missing; name reports that CompareOptimizers wrote.");
            await using var browser = await HeadlessBrowser.Open(executable, report);
            foreach (var (name, svg) in await Pictures.Of(browser.Page))
                if (only.Length == 0 || only.Contains(name, StringComparer.OrdinalIgnoreCase))
                    Console.WriteLine(output.Write($"{name}.svg", svg));
        }
        return 0;
    }
}
