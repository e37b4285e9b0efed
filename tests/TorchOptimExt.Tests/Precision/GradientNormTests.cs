using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Precision;

/// <summary>The norm of gradients, against sums that are taken one number after the other.</summary>
public class GradientNormTests
{
    // Around blocks, the streams of a piece, and pieces.
    public static TheoryData<int, double> Cases
    {
        get
        {
            var cases = new TheoryData<int, double>();
            foreach (var length in new[] { 1, 7, 63, 64, 511, 512, 513, 1000, 32767, 32768, 32769, 100_003 })
                foreach (var scale in new[] { 1, 1e-3, 1e-15, 1e-22, 1e-42, 1e15, 1e25, 1e37 }) cases.Add(length, scale);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Norm_is_that_of_a_plain_sum_at_any_scale_length_and_alignment(int length, double scale)
    {
        using var scope = NewDisposeScope();
        var random = new Random(length);
        float[] values = [.. Enumerable.Range(0, length).Select(_ => (float)(scale * (2 * random.NextDouble() - 1)))];
        var expected = Math.Sqrt(values.Sum(value => (double)value * value));
        foreach (var offset in new[] { 0, 1 })
        {
            var optimizer = WithGradient([.. new float[offset], .. values], offset);
            Assert.Equal(expected, optimizer.clip_grad_norm_(double.MaxValue), 1e-6 * expected);
        }
    }

    // As a loss scale does, and whatever way the squares are added.
    [Theory]
    [InlineData(1e-35), InlineData(1e-24), InlineData(1e-13), InlineData(1e-12), InlineData(1e-11), InlineData(1e-5), InlineData(1)]
    [InlineData(1e13), InlineData(1e14), InlineData(1e17), InlineData(1e18), InlineData(1e20), InlineData(1e30)]
    public void Norm_times_a_power_of_two_is_that_of_the_multiples_to_the_bit(double scale)
    {
        using var scope = NewDisposeScope();
        foreach (var length in new[] { 5, 1000, 100_003 })
        {
            var random = new Random(length);
            float[] values = [.. Enumerable.Range(0, length).Select(_ => (float)(scale * (2 * random.NextDouble() - 1)))];
            var norm = WithGradient(values, 0).clip_grad_norm_(double.MaxValue);
            foreach (var power in new[] { 1, 16, 24 })
            {
                float[] multiples = [.. values.Select(value => MathF.ScaleB(value, power))];
                Assert.Equal(Math.ScaleB(norm, power), WithGradient(multiples, 0).clip_grad_norm_(double.MaxValue));
            }
        }
    }

    // A piece of small numbers beside one of large, and zeros.
    [Fact]
    public void Norm_of_numbers_of_all_sizes_is_that_of_a_plain_sum()
    {
        using var scope = NewDisposeScope();
        var random = new Random(3);
        float[] values = [.. Enumerable.Range(0, 200_000).Select(k => k % 5 == 0 ? 0 : (float)Math.Pow(10, 80 * random.NextDouble() - 45))];
        var expected = Math.Sqrt(values.Sum(value => (double)value * value));
        Assert.Equal(expected, WithGradient(values, 0).clip_grad_norm_(double.MaxValue), 1e-6 * expected);
    }

    [Theory]
    [InlineData(float.NaN, 5), InlineData(float.NaN, 40_000), InlineData(float.NaN, 99_999)]
    [InlineData(float.PositiveInfinity, 5), InlineData(float.NegativeInfinity, 40_000), InlineData(float.PositiveInfinity, 99_999)]
    public void A_gradient_that_is_not_finite_is_seen_wherever_it_stands(float value, int place)
    {
        using var scope = NewDisposeScope();
        var values = new float[100_000];
        values[place] = value;
        var norm = WithGradient(values, 0).clip_grad_norm_(double.MaxValue);
        Assert.Equal(Math.Abs(value), norm);
    }

    [Fact]
    public void Norm_has_the_same_bits_with_any_number_of_threads()
    {
        using var scope = NewDisposeScope();
        var random = new Random(4);
        var optimizer = WithGradient([.. Enumerable.Range(0, 300_000).Select(_ => (float)random.NextDouble())], 0);
        var before = get_num_threads();
        try
        {
            set_num_threads(1);
            var alone = optimizer.clip_grad_norm_(double.MaxValue);
            set_num_threads(3);
            Assert.Equal(alone, optimizer.clip_grad_norm_(double.MaxValue));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    private static TorchOptimExt.Fused.SGD WithGradient(float[] values, int offset)
    {
        var parameter = new Parameter(zeros(values.Length - offset));
        parameter.grad = tensor(values)[offset..];
        return optim.fused.SGD([parameter], 0.1);
    }
}
