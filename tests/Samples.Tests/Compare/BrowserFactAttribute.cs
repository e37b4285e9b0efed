using CompareOptimizers.Report;

namespace Samples.Tests;

/// <summary>A test that opens a report in the installed Chromium, Chrome or Edge.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = HeadlessBrowser.Find() is null ? "No browser is on the PATH: apt-get install chromium" : null;
}
