using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Where ML.NET's operations are found; it sends the components' messages to <see cref="Log"/>.</summary>
public sealed class MLContext : IHostEnvironment
{
    private readonly LocalHost _host;

    public MLContext(int? seed = null)
    {
        _host = new LocalHost(null, seed is { } value ? new Random(value) : new Random(), new ComponentCatalog(), OnMessage);
        Data = new(_host, seed);
        Transforms = new(_host);
        Model = new(_host);
        BinaryClassification = new(Data);
        MulticlassClassification = new(Data);
        Regression = new(Data);
    }

    public event EventHandler<LoggingEventArgs> Log;

    public DataOperationsCatalog Data { get; }

    public TransformsCatalog Transforms { get; }

    public ModelOperationsCatalog Model { get; }

    public BinaryClassificationCatalog BinaryClassification { get; }

    public MulticlassClassificationCatalog MulticlassClassification { get; }

    public RegressionCatalog Regression { get; }

    public ComponentCatalog ComponentCatalog => _host.ComponentCatalog;

    string IExceptionContext.ContextDescription => _host.ContextDescription;

    TException IExceptionContext.Process<TException>(TException ex) => _host.Process(ex);

    IHost IHostEnvironment.Register(string name, int? seed, bool? verbose) => _host.Register(name, seed, verbose);

    IChannel IChannelProvider.Start(string name) => _host.Start(name);

    IPipe<TMessage> IChannelProvider.StartPipe<TMessage>(string name) => _host.StartPipe<TMessage>(name);

    IProgressChannel IProgressChannelProvider.StartProgressChannel(string name) => _host.StartProgressChannel(name);

    private void OnMessage(string source, ChannelMessage message) => Log?.Invoke(this, new(message.Message, message.Kind, source));
}
