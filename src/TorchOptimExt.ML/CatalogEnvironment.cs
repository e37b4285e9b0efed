using System.Reflection;
using Microsoft.ML.Runtime;

namespace TorchOptimExt.ML;

/// <summary>
/// The environment of ML.NET's catalogs: the seed and the log of the MLContext. ML.NET gives it to its own trainers only, so its property
/// is looked up by
/// name; where a version of ML.NET has none of that name, trainers follow their options alone.
/// </summary>
internal static class CatalogEnvironment
{
    internal static IHostEnvironment? Of(object catalog) => Property(catalog, "Environment") as IHostEnvironment;

    /// <summary>
    /// A seed drawn as ML.NET's own trainers draw theirs: the context's random numbers go on with each trainer. Null where it has no
    /// seed.
    /// </summary>
    internal static long? Seed(IHostEnvironment environment) =>
        Property(environment, "Seed") is int ? environment.Register(nameof(TorchTrainer), null, null).Rand.Next() : null;

    private static object? Property(object of, string name)
    {
        const BindingFlags any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        for (var type = of.GetType(); type is not null; type = type.BaseType)
            if (type.GetProperty(name, any) is { } property) return property.GetValue(of);
        return of.GetType().GetInterfaces().Select(i => i.GetProperty(name)).FirstOrDefault(p => p is not null)?.GetValue(of);
    }
}
