using Microsoft.ML.Runtime;

namespace Microsoft.ML.Polyfill.Tests;

public class LogTests
{
    [Fact]
    public void Channels_of_hosts_send_their_messages_with_their_source()
    {
        var context = new MLContext(seed: 1);
        var messages = new List<LoggingEventArgs>();
        context.Log += (sender, message) =>
        {
            Assert.Same(context, sender);
            messages.Add(message);
        };
        IHostEnvironment environment = context;
        var host = environment.Register("Trainer");
        using (var channel = host.Start("Epoch"))
        {
            channel.Info(MessageSensitivity.None, "loss {0}", 0.5);
            channel.Warning(MessageSensitivity.None, "careful");
            channel.Error(MessageSensitivity.None, "bad");
        }
        Assert.All(messages, m => Assert.Equal("Trainer; Epoch", m.Source));
        Assert.Equal(
            ["Trace: Channel started", "Info: loss 0.5", "Warning: careful", "Error: bad"],
            messages.Take(4).Select(m => $"{m.Kind}: {m.RawMessage}"));
        Assert.Equal("[Source=Trainer; Epoch, Kind=Warning] careful", messages[2].Message);
        Assert.Equal("Channel disposed", messages[^1].RawMessage);
    }

    [Fact]
    public void Hosts_draw_random_numbers_by_the_contexts_seed()
    {
        IHostEnvironment one = new MLContext(seed: 7), two = new MLContext(seed: 7);
        Assert.Equal(one.Register("a").Rand.Next(), two.Register("a").Rand.Next());
        Assert.Equal(one.Register("a", seed: 3).Rand.Next(), two.Register("b", seed: 3).Rand.Next());
    }

    [Fact]
    public void Progress_channels_can_be_used_though_nobody_looks()
    {
        IProgressChannelProvider provider = new MLContext();
        using var progress = provider.StartProgressChannel("training");
        progress.SetHeader(new ProgressHeader(["loss"], ["epochs"]), entry => entry.SetProgress(0, 1, 2));
        progress.Checkpoint(0.5, 1);
    }
}
