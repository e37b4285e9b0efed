using CompareOptimizers.Report;
using PuppeteerSharp;

namespace Samples.Tests;

/// <summary>A comparison's report in a real browser.</summary>
public sealed class OpenReport : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("compare-");
    private HeadlessBrowser? browser;

    /// <summary>What the page wrote to the console or threw.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>What the page asked for that is not part of it.</summary>
    public List<string> Requests { get; } = [];

    public IPage Page => browser!.Page;

    public string Report => Path.Combine(folder.FullName, "report.html");

    public async Task InitializeAsync()
    {
        if (HeadlessBrowser.Find() is not { } executable) return;
        var ended = SampleProcess.Run("CompareOptimizers", "--data", "digits", "--epochs", "1", "--full-batch-steps", "4", "--optimizers", "SGD,Adam,Rprop,ArmijoGD", "--output", folder.FullName);
        Assert.Equal(0, ended.ExitCode);
        browser = await HeadlessBrowser.Open(executable, Report, page =>
        {
            page.Console += (_, e) => Complaints.Add(e.Message.Text);
            page.PageError += (_, e) => Complaints.Add(e.Message);
            page.Request += (_, e) => { if (!e.Request.Url.StartsWith("data:", StringComparison.Ordinal)) Requests.Add(e.Request.Url); };
        });
    }

    public async Task DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
