using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TorchOptimExt.Orleans;

/// <summary>Adds elastic searches to silos, and finds them from anywhere in the cluster.</summary>
public static class ElasticSearchExtensions
{
    /// <summary>Lets a silo take part in a search: as the host of its coordinator, and with evaluators of its own.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="name">The name of the search, the same in every silo; no line breaks.</param>
    /// <param name="configure">Says how model, optimizer and objective are made, and the rest.</param>
    /// <returns>The silo.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The name is empty or has a line break, or Create is missing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static ISiloBuilder AddElasticSearch(this ISiloBuilder silo, string name, Action<ElasticSearchOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(configure);
        CheckName(name);
        var trial = new ElasticSearchOptions();
        configure(trial);
        trial.Check(name);
        AddDirectory(silo);
        silo.Services.Configure(name, configure);
        silo.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<EvaluatorHost>(services, name));
        return silo;
    }

    /// <summary>Finds a search by its name.</summary>
    /// <param name="grains">The grain factory of a silo, or a cluster client.</param>
    /// <param name="name">The name that the silos gave it.</param>
    /// <returns>The search; whether the silos know it shows with the first call.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The name is empty or has a line break.</exception>
    public static ElasticSearch GetElasticSearch(this IGrainFactory grains, string name)
    {
        ArgumentNullException.ThrowIfNull(grains);
        CheckName(name);
        return new(name, grains);
    }

    // Orleans' default directory deactivates grains whose entry was in a silo that died: a coordinator would begin anew. This one recovers
    // the entries.
    private static void AddDirectory(ISiloBuilder silo)
    {
        if (silo.Services.Any(service => service.ServiceType == typeof(DirectoryMark))) return;
        silo.Services.AddSingleton<DirectoryMark>();
#pragma warning disable ORLEANSEXP003 // an experiment of Orleans, which its own test clusters use
        silo.AddDistributedGrainDirectory(Coordinator.Directory);
#pragma warning restore ORLEANSEXP003
    }

    // Says that the directory is there already, where a silo takes part in several searches.
    private sealed class DirectoryMark;

    private static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Contains('\n', StringComparison.Ordinal))
            throw new ArgumentException("The name of a search has a line break.", nameof(name));
    }
}
