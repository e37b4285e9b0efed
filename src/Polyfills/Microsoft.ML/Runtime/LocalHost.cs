using System.Diagnostics;

namespace Microsoft.ML.Runtime;

/// <summary>An environment whose channels send their messages to one listener.</summary>
internal sealed class LocalHost(string fullName, Random rand, ComponentCatalog catalog, Action<string, ChannelMessage> listener) : IHost
{
    public Random Rand => rand;

    public ComponentCatalog ComponentCatalog => catalog;

    public string ContextDescription => fullName ?? "HostEnvironment";

    public TException Process<TException>(TException ex)
        where TException : Exception
    {
        if (ex is not null)
            ex.Data["Throwing component"] ??= ContextDescription;
        return ex;
    }

    public IHost Register(string name, int? seed = null, bool? verbose = null)
        => new LocalHost(NameBelow(fullName, Check.NonEmpty(name, nameof(name))), new Random(seed ?? rand.Next()), catalog, listener);

    public IChannel Start(string name) => new Channel(this, NameBelow(fullName, Check.NonEmpty(name, nameof(name))), listener);

    public IPipe<TMessage> StartPipe<TMessage>(string name)
        => typeof(TMessage) == typeof(ChannelMessage) ? (IPipe<TMessage>)Start(name) : new DeafPipe<TMessage>(this);

    public IProgressChannel StartProgressChannel(string name) => new ProgressChannel();

    private static string NameBelow(string parent, string name) => string.IsNullOrEmpty(parent) ? name : $"{parent}; {name}";

    private sealed class Channel : IChannel
    {
        private readonly IExceptionContext _context;
        private readonly string _name;
        private readonly Action<string, ChannelMessage> _listener;
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private bool _disposed;

        public Channel(IExceptionContext context, string name, Action<string, ChannelMessage> listener)
        {
            (_context, _name, _listener) = (context, name, listener);
            Trace(MessageSensitivity.None, "Channel started");
        }

        public string ContextDescription => _context.ContextDescription;

        public TException Process<TException>(TException ex)
            where TException : Exception
            => _context.Process(ex);

        public void Send(ChannelMessage msg) => _listener(_name, msg);

        public void Trace(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Trace, sensitivity, fmt));

        public void Trace(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new(ChannelMessageKind.Trace, sensitivity, fmt, args));

        public void Error(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Error, sensitivity, fmt));

        public void Error(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new(ChannelMessageKind.Error, sensitivity, fmt, args));

        public void Warning(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Warning, sensitivity, fmt));

        public void Warning(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new(ChannelMessageKind.Warning, sensitivity, fmt, args));

        public void Info(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Info, sensitivity, fmt));

        public void Info(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new(ChannelMessageKind.Info, sensitivity, fmt, args));

        public void Dispose()
        {
            if (_disposed)
                return;
            _disposed = true;
            Trace(MessageSensitivity.None, "Channel finished. Elapsed {0:c}.", _watch.Elapsed);
            Trace(MessageSensitivity.None, "Channel disposed");
        }
    }

    /// <summary>Nobody can listen to messages of another type.</summary>
    private sealed class DeafPipe<TMessage>(IExceptionContext context) : IPipe<TMessage>
    {
        public string ContextDescription => context.ContextDescription;

        public TException Process<TException>(TException ex)
            where TException : Exception
            => context.Process(ex);

        public void Send(TMessage msg)
        {
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Progress is not shown anywhere.</summary>
    private sealed class ProgressChannel : IProgressChannel
    {
        public void SetHeader(ProgressHeader header, Action<IProgressEntry> fillAction)
        {
        }

        public void Checkpoint(params double?[] values)
        {
        }

        public IProgressChannel StartProgressChannel(string name) => new ProgressChannel();

        public void Dispose()
        {
        }
    }
}
