using System.Numerics;
using TorchOptimExt.RandomSearch;

namespace TorchOptimExt.Tests.RandomSearch;

public class GaussianNoiseTests
{
    private const long Seed = 0x0123456789ABCDEF, Step = 0x1_0000_0002;
    private const int Direction = 5, Parameter = 3;

    // Threefry4x32-20 with scalars and the transform of Box and Muller in double precision.
    [Fact]
    public void Deviates_are_those_of_Box_and_Muller_to_float_precision()
    {
        var deviates = new float[100_000];
        GaussianNoise.Fill(deviates, Seed, Step, Direction, Parameter);
        for (var k = 0; k < deviates.Length; k++)
        {
            var (tile, place) = (k / 256, k % 256);
            var words = Words((uint)(tile * 64 + place % 64));
            var pair = place / 128;     // elements 0-127 come from the first two words, the others from the last two
            var u = ((float)(words[2 * pair] >> 1) + 0.5f) / 2147483648.0;
            var radius = Math.Sqrt(-2 * Math.Log(u));
            // The angle counts from the middle of a quarter: the highest bits choose it, the rest is a signed offset.
            var offset = (int)(words[2 * pair + 1] << 2) / 4294967296.0;
            var angle = Math.PI / 2 * ((words[2 * pair + 1] >> 30) + offset);
            var expected = radius * (place / 64 % 2 == 0 ? Math.Cos(angle) : Math.Sin(angle));
            Assert.True(Math.Abs(expected - deviates[k]) < 4e-7 * Math.Max(1, radius), $"{k}: {expected} {deviates[k]}");
        }
    }

    [Fact]
    public void Moments_and_distribution_are_normal()
    {
        const int N = 1 << 22;
        var deviates = new float[N];
        GaussianNoise.Fill(deviates, 1, 2, 3);
        // Five standard errors of each statistic.
        Assert.InRange(deviates.Average(x => (double)x), -5 / Math.Sqrt(N), 5 / Math.Sqrt(N));
        Assert.InRange(deviates.Average(x => (double)x * x), 1 - 5 * Math.Sqrt(2.0 / N), 1 + 5 * Math.Sqrt(2.0 / N));
        Assert.InRange(deviates.Average(x => Math.Pow(x, 3)), -5 * Math.Sqrt(15.0 / N), 5 * Math.Sqrt(15.0 / N));
        Assert.InRange(deviates.Average(x => Math.Pow(x, 4)), 3 - 5 * Math.Sqrt(96.0 / N), 3 + 5 * Math.Sqrt(96.0 / N));
        // Tabulated probabilities of a standard normal beyond 1, 2, 3 and 4.
        foreach (var (limit, beyond) in new[] { (1, 0.31731050786291), (2, 0.04550026389636), (3, 0.00269979606326), (4, 6.334248366624e-5) })
            Assert.InRange(deviates.Count(x => Math.Abs(x) > limit), N * beyond - 5 * Math.Sqrt(N * beyond), N * beyond + 5 * Math.Sqrt(N * beyond));
    }

    [Fact]
    public void Neighbours_and_other_directions_are_uncorrelated()
    {
        const int N = 1 << 20;
        float[] one = new float[N], other = new float[N];
        GaussianNoise.Fill(one, 7, 0, 0);
        foreach (var (seed, step, direction, parameter) in new[] { (8L, 0L, 0, 0), (7, 1, 0, 0), (7, 0, 1, 0), (7, 0, 0, 1) })
        {
            GaussianNoise.Fill(other, seed, step, direction, parameter);
            Assert.InRange(one.Zip(other).Average(pair => (double)pair.First * pair.Second), -5 / Math.Sqrt(N), 5 / Math.Sqrt(N));
        }
        foreach (var lag in new[] { 1, 64, 128, 256 })
            Assert.InRange(one.Zip(one.Skip(lag)).Average(pair => (double)pair.First * pair.Second), -5 / Math.Sqrt(N), 5 / Math.Sqrt(N));
    }

    [Fact]
    public void A_shorter_buffer_holds_the_beginning_of_a_longer_one()
    {
        var all = new float[1000];
        GaussianNoise.Fill(all, Seed, Step, Direction);
        foreach (var length in new[] { 0, 1, 63, 255, 256, 257, 999 })
        {
            var some = new float[length];
            GaussianNoise.Fill(some, Seed, Step, Direction);
            Assert.Equal(all[..length], some);
        }
    }

    // Computed with registers of 4, 8 and 16 lanes and without any: the machine must not matter.
    [Fact]
    public void Bits_are_the_same_on_every_machine()
    {
        var deviates = new float[1 << 20];
        GaussianNoise.Fill(deviates, 1, 19, 5);
        var hash = 14695981039346656037;
        foreach (var x in deviates) hash = (hash ^ BitConverter.SingleToUInt32Bits(x)) * 1099511628211;
        Assert.Equal(0x52ed6b97797d3a51u, hash);
    }

    private static uint[] Words(uint block)
    {
        int[][] rotations = [[10, 26], [11, 21], [13, 27], [23, 5], [6, 20], [17, 11], [25, 10], [18, 20]];
        uint[] key = [unchecked((uint)Seed), (uint)(Seed >> 32), unchecked((uint)Step), (uint)(Step >> 32), 0];
        key[4] = 0x1BD11BDA ^ key[0] ^ key[1] ^ key[2] ^ key[3];
        uint[] x = [block, 0, Direction, Parameter];
        for (var round = 0; round <= 20; round++)
        {
            if (round % 4 == 0)
            {
                for (var j = 0; j < 4; j++) x[j] += key[(round / 4 + j) % 5];
                x[3] += (uint)round / 4;
            }
            if (round == 20) break;
            var (a, b) = round % 2 == 0 ? (1, 3) : (3, 1);
            x[0] += x[a];
            x[a] = BitOperations.RotateLeft(x[a], rotations[round % 8][0]) ^ x[0];
            x[2] += x[b];
            x[b] = BitOperations.RotateLeft(x[b], rotations[round % 8][1]) ^ x[2];
        }
        return x;
    }
}
