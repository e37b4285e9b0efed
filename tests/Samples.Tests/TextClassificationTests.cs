using System.Globalization;
using System.Text.RegularExpressions;

namespace Samples.Tests;

public partial class TextClassificationTests
{
    [Fact]
    public void The_part_of_NET_that_a_sentence_is_about_is_learned()
    {
        var ended = SampleProcess.Run("TextClassification");
        Assert.True(ended.ExitCode == 0, ended.Error + ended.Output);
        var reached = Accuracy().Match(ended.Output);
        Assert.InRange(double.Parse(reached.Groups[1].Value, CultureInfo.InvariantCulture), 75, 100);
        Assert.InRange(double.Parse(reached.Groups[2].Value, CultureInfo.InvariantCulture), 10, 20);
        Assert.Matches(@"cryptography \([0-9]+ ?%\): Signs the hash", ended.Output);
        Assert.Matches(@"network \([0-9]+ ?%\): Sends the request", ended.Output);
    }

    [GeneratedRegex("accuracy ([0-9.]+) ?%; the most frequent part has ([0-9.]+) ?%")]
    private static partial Regex Accuracy();
}
