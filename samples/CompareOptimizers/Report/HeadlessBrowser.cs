using PuppeteerSharp;

namespace CompareOptimizers.Report;

/// <summary>A headless browser with a report in it.</summary>
internal sealed class HeadlessBrowser : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "chrome", "chrome.exe", "msedge.exe"];

    // Milliseconds in which a busy machine, too, has drawn 3.8 MB of report.
    private const int Patience = 120_000;

    private readonly IBrowser browser;

    private HeadlessBrowser(IBrowser browser, IPage page) => (this.browser, Page) = (browser, page);

    /// <summary>The page, whose figures are drawn.</summary>
    public IPage Page { get; }

    /// <summary>The browser that is installed here; null where there is none.</summary>
    public static string? Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

    /// <summary>Opens a report and waits until its figures are drawn.</summary>
    /// <param name="executable">The browser: Chromium, Chrome or Edge.</param>
    /// <param name="report">The file.</param>
    /// <param name="watch">Is given the page before the report is in it.</param>
    /// <exception cref="UserException">The browser does not start, or the file has no figures.</exception>
    public static async Task<HeadlessBrowser> Open(string executable, string report, Action<IPage>? watch = null)
    {
        IBrowser browser;
        try
        {
            browser = await Puppeteer.LaunchAsync(new() { ExecutablePath = executable, Headless = true, Timeout = Patience, Args = ["--no-sandbox"] });
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new UserException($"{executable} does not start ({e.Message.Split('\n')[0].TrimEnd('.')}); name Chromium, Chrome or Edge with --browser.", e);
        }
        var opened = new HeadlessBrowser(browser, await browser.NewPageAsync());
        (opened.Page.DefaultTimeout, opened.Page.DefaultNavigationTimeout) = (Patience, Patience);
        watch?.Invoke(opened.Page);
        await opened.Page.GoToAsync(new Uri(Path.GetFullPath(report)).AbsoluteUri);
        if (await opened.Page.EvaluateExpressionAsync<bool>("typeof drawn === 'object'"))
        {
            await opened.Page.EvaluateExpressionAsync("drawn.then(() => true)");
            return opened;
        }
        await opened.DisposeAsync();
        throw new UserException($"{report} has no figures; name reports that CompareOptimizers wrote.");
    }

    public async ValueTask DisposeAsync() => await browser.DisposeAsync();
}
