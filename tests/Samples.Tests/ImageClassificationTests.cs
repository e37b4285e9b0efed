using System.Globalization;
using System.Text.RegularExpressions;

namespace Samples.Tests;

public partial class ImageClassificationTests
{
    [Fact]
    public void A_small_convolution_learns_digits_from_PNG_files_which_are_gone_afterwards()
    {
        var ended = SampleProcess.Run("ImageClassification");
        Assert.True(ended.ExitCode == 0, ended.Error + ended.Output);
        Assert.InRange(double.Parse(Accuracy().Match(ended.Output).Groups[1].Value, CultureInfo.InvariantCulture), 94, 100);
        Assert.Matches("test-0.png: a ([0-9]) with [0-9.]+ ?%; it is a \\1", ended.Output);
        Assert.False(Directory.Exists(Folder().Match(ended.Output).Groups[1].Value));
    }

    [GeneratedRegex("accuracy ([0-9.]+) ?%")]
    private static partial Regex Accuracy();

    [GeneratedRegex("in (/.*|[A-Z]:.*)")]
    private static partial Regex Folder();
}
