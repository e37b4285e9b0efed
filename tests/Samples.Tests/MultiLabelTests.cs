using System.Globalization;
using System.Text.RegularExpressions;

namespace Samples.Tests;

public partial class MultiLabelTests
{
    [Fact]
    public void Tags_are_learned_and_those_of_new_titles_are_named()
    {
        var ended = SampleProcess.Run("MultiLabel");
        Assert.True(ended.ExitCode == 0, ended.Error + ended.Output);
        Assert.InRange(double.Parse(Loss().Match(ended.Output).Groups[1].Value, CultureInfo.InvariantCulture), 0, 0.1);
        Assert.Matches("select rows.*: sql .*, python ", ended.Output);
        Assert.Matches("button style.*: css .*, c# ", ended.Output);
    }

    [GeneratedRegex("Hamming loss ([0-9.]+)")]
    private static partial Regex Loss();
}
