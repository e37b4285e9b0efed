using System.Globalization;
using System.Numerics;
using TorchOptimExt.RandomSearch;

namespace TorchOptimExt.Tests.RandomSearch;

public class ThreefryTests
{
    // The known answers that the authors publish with Random123 (kat_vectors, "threefry4x32 20"): counter, key, result.
    [Theory]
    [InlineData("00000000 00000000 00000000 00000000", "00000000 00000000 00000000 00000000", "9c6ca96a e17eae66 fc10ecd4 5256a7d8")]
    [InlineData("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff ffffffff ffffffff", "2a881696 57012287 f6c7446e a16a6732")]
    [InlineData("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0 082efa98 ec4e6c89", "59cd1dbb b8879579 86b5d00c ac8b6d84")]
    public void Gives_the_published_answers_in_every_lane(string counter, string key, string expected)
    {
        var (c, k, e) = (Words(counter), Words(key), Words(expected));
        var (x0, x1, x2, x3) = (new Vector<uint>(c[0]), new Vector<uint>(c[1]), new Vector<uint>(c[2]), new Vector<uint>(c[3]));
        new Threefry(k[0], k[1], k[2], k[3]).Encrypt(ref x0, ref x1, ref x2, ref x3);
        Assert.Equal([new(e[0]), new(e[1]), new(e[2]), new(e[3])], new[] { x0, x1, x2, x3 });
    }

    private static uint[] Words(string text) => [.. text.Split(' ').Select(word => uint.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
}
