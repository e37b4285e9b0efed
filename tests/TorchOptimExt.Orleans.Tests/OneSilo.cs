namespace TorchOptimExt.Orleans.Tests;

/// <summary>A silo and a client that several tests share.</summary>
public sealed class OneSilo : IAsyncLifetime
{
    internal SiloProcess Silo { get; private set; } = null!;

    internal Client Client { get; private set; } = null!;

    /// <summary>Starts both.</summary>
    public async Task InitializeAsync()
    {
        Silo = await SiloProcess.Start("primary");
        Client = await Client.Local(Silo);
        await Client.Until(report => report.Evaluators == 1);
    }

    /// <summary>Ends both.</summary>
    public async Task DisposeAsync()
    {
        await Client.DisposeAsync();
        Silo.Dispose();
    }
}
