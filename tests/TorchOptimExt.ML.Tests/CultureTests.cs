using System.Globalization;
using Microsoft.ML;
using static TorchOptimExt.ML.Tests.Pipelines;

namespace TorchOptimExt.ML.Tests;

/// <summary>Models and messages are the same wherever a program runs.</summary>
public sealed class CultureTests
{
    [Theory, MemberData(nameof(TaskModels.Names), MemberType = typeof(TaskModels))]
    public void A_model_goes_from_one_culture_to_another(string task)
    {
        var (model, data) = TaskModels.Fit(task);
        var expected = TaskModels.Scores(model, data);
        var (here, there) = (Save(model, data), WithCommas(() => Save(model, data)));
        AssertScores(Load(there));
        WithCommas(() =>
        {
            AssertScores(Load(here));
            return here;
        });

        // Rows scored by themselves and in batches may differ in the last bits.
        void AssertScores(ITransformer loaded) =>
            Assert.All(TaskModels.Scores(loaded, data).Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
    }

    [Fact]
    public void A_message_has_the_same_numbers_everywhere()
    {
        var options = Linear("Number", 1);
        options.ValidationFraction = 0.9;
        var error = WithCommas(() => Assert.Throws<InvalidOperationException>(() => Context.Regression.Trainers.Torch(options).Fit(TaskModels.Data(1))));
        Assert.Contains("0.9 ", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Save(ITransformer model, IDataView data)
    {
        using var stream = new MemoryStream();
        Context.Model.Save(model, data.Schema, stream);
        return stream.ToArray();
    }

    private static ITransformer Load(byte[] saved) => Context.Model.Load(new MemoryStream(saved), out _);

    private static T WithCommas<T>(Func<T> act)
    {
        var before = CultureInfo.CurrentCulture;
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (german.NumberFormat.NumberDecimalSeparator, german.NumberFormat.NumberGroupSeparator) = (",", ".");
        CultureInfo.CurrentCulture = german;
        try { return act(); }
        finally { CultureInfo.CurrentCulture = before; }
    }
}
