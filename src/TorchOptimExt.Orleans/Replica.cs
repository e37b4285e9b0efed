using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using TorchOptimExt.RandomSearch;
using TorchSharp;

namespace TorchOptimExt.Orleans;

/// <summary>A search's model and optimizer in one place, and their way through the wire.</summary>
internal sealed class Replica(SearchTask task) : IDisposable
{
    /// <summary>Raised when a message changes its meaning.</summary>
    internal const int Protocol = 1;

    internal SearchTask Task => task;

    internal Hello Hello { get; } = new(Protocol, Library(), Describe(task));

    internal long Step => task.Optimizer.Steps;

    internal int Directions { get; } = ((ARS.Options)task.Optimizer.state_dict().Options[0]).n_directions is { } n ? (int)n : 0;

    /// <summary>Throws where another one speaks another version or searches over another model.</summary>
    /// <exception cref="ElasticSearchMismatchException">It does.</exception>
    internal void Check(Hello other, string who)
    {
        CheckProtocol(other.Protocol, who);
        if (other.Library != Hello.Library)
            throw new ElasticSearchMismatchException(
                $"{who} runs TorchOptimExt.Orleans {other.Library}, this silo {Hello.Library}: run one version in the whole cluster.");
        if (other.Model != Hello.Model)
            throw new ElasticSearchMismatchException(
                $"{who} searches over [{other.Model}], this silo over [{Hello.Model}]: "
                + "make the same model and optimizer, with the same seed, in every silo.");
    }

    /// <summary>Throws where another one speaks another version.</summary>
    /// <exception cref="ElasticSearchMismatchException">It does.</exception>
    internal static void CheckProtocol(int protocol, string who)
    {
        if (protocol != Protocol)
            throw new ElasticSearchMismatchException(
                $"{who} speaks version {protocol} of the messages, this silo version {Protocol}: run one version in the whole cluster.");
    }

    internal Rewards Evaluate(int from, int count, CancellationToken cancellation)
    {
        var (plus, minus, failure) = (new double[count], new double[count], default(string));
        for (var k = 0; k < count; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            plus[k] = Evaluate(from + k, 1);
            minus[k] = Evaluate(from + k, -1);
        }
        return new(plus, minus) { Failure = failure };

        double Evaluate(int direction, int sign)
        {
            try
            {
                return task.Optimizer.Evaluate(new(Step, direction, sign), task.Objective);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failure ??= $"{e.GetType().Name}: {e.Message}";
                return double.NaN;
            }
        }
    }

    internal Snapshot Save()
    {
        using MemoryStream module = new(), optimizer = new();
        using (var writer = new BinaryWriter(module, Encoding.UTF8, leaveOpen: true)) task.Module.save(writer);
        using (var writer = new BinaryWriter(optimizer, Encoding.UTF8, leaveOpen: true)) task.Optimizer.save_state_dict(writer);
        return new(Hello, Step, module.ToArray(), optimizer.ToArray());
    }

    internal void Load(Snapshot snapshot)
    {
        Check(snapshot.Hello, "The coordinator");
        LoadModule(task.Module, snapshot);
        using var reader = new BinaryReader(new MemoryStream(snapshot.Optimizer));
        task.Optimizer.load_state_dict(reader);
    }

    internal static void LoadModule(torch.nn.Module module, Snapshot snapshot)
    {
        using var quiet = torch.no_grad();
        using var reader = new BinaryReader(new MemoryStream(snapshot.Module));
        module.load(reader);
    }

    public void Dispose() => task.Dispose();

    private static string Library() =>
        typeof(Replica).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    // Shapes and dtypes, and the hyperparameters as a state file holds them.
    private static string Describe(SearchTask task)
    {
        var shapes = task.Optimizer.parameters()
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.dtype} {string.Join('×', p.shape)}"));
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
            foreach (var options in task.Optimizer.state_dict().Options) options.SaveStateDict(writer);
        return $"{string.Join(", ", shapes)}; hyperparameters {Convert.ToHexString(SHA256.HashData(stream.ToArray()))[..16]}";
    }
}
