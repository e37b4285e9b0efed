using static TorchOptimExt.Tests.TestFunctions.Residuals;

namespace TorchOptimExt.Tests.TestFunctions;

/// <summary>The test functions that fit a curve to data or solve equations by least squares; source and numbers as for
/// <see cref="Functions"/>.</summary>
public static class Fits
{
    /// <summary>No. 2: the way from the start leads to a local minimum.</summary>
    public static TestFunction FreudensteinRoth { get; } = new("Freudenstein-Roth",
        x => Squares(-13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1], -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1]), 0, [[5, 4]], [[0.5, -2]])
    {
        LocalMinima = [(48.984253679240021, [11.412778986902094, -0.89680525327447652])],
    };

    /// <summary>No. 6: a plateau of height 2020 lies beside the minimum.</summary>
    public static TestFunction JennrichSampson { get; } = new("Jennrich-Sampson", x =>
    {
        var i = Range(x, 10, 1, 1);
        return Squares(2 + 2 * i - ((i * x[0]).exp() + (i * x[1]).exp()));
    }, 124.36218235561485, [[0.25782521367036408, 0.25782521367036408]], [[0.3, 0.4]]);

    /// <summary>No. 12: also 0 wherever x₁ = x₂ and x₃ = 0.</summary>
    public static TestFunction Box { get; } = new("Box 3D", x =>
    {
        var t = Range(x, 10, 0.1, 0.1);
        return Squares((-t * x[0]).exp() - (-t * x[1]).exp() - x[2] * ((-t).exp() - (-10 * t).exp()));
    }, 0, [[1, 10, 1], [10, 1, -1]], [[0, 10, 20]]);

    /// <summary>No. 9.</summary>
    public static TestFunction Gaussian { get; } = new("Gaussian",
        x => Squares(x[0] * (-x[1] * (Range(x, 15, 3.5, -0.5) - x[2]).square() / 2).exp() - Like(x, BellCurve)),
        1.127932769618648e-8, [[0.39895613783875668, 1.0000190844878057, 0]], [[0.4, 1, 0]]);

    /// <summary>No. 8.</summary>
    public static TestFunction Bard { get; } = new("Bard", x =>
    {
        var u = Range(x, 15, 1, 1);
        return Squares(Like(x, BardData) - (x[0] + u / ((16 - u) * x[1] + u.minimum(16 - u) * x[2])));
    }, 0.0082148773065789748, [[0.082410559749788932, 1.1330360920297216, 2.3436951786425371]], [[1, 1, 1]]);

    /// <summary>No. 10: values up to 1.7e9 at the start, and parameters that differ by six orders of magnitude.</summary>
    public static TestFunction Meyer { get; } = new("Meyer",
        x => Squares(x[0] * (x[1] / (Range(x, 16, 50, 5) + x[2])).exp() - Like(x, Thermistor)),
        87.945855170851121, [[0.0056096364710280525, 6181.3463462863723, 345.2236346241365]], [[0.02, 4000, 250]])
    {
        Rounding = 1e-11,       // residuals of 10 are differences of numbers up to 35,000, which are powers with exponents up to 16
    };

    /// <summary>No. 15.</summary>
    public static TestFunction KowalikOsborne { get; } = new("Kowalik-Osborne", x =>
    {
        var u = Like(x, EnzymeConcentrations);
        return Squares(Like(x, EnzymeVelocities) - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3]));
    }, 0.00030750560384923743, [[0.19280693457903785, 0.19128232873436696, 0.12305650692632065, 0.13606233068379484]],
        [[0.25, 0.39, 0.415, 0.39]]);

    /// <summary>No. 16: 20 points.</summary>
    public static TestFunction BrownDennis { get; } = new("Brown-Dennis", x =>
    {
        var t = Range(x, 20, 0.2, 0.2);
        return Squares((x[0] + t * x[1] - t.exp()).square() + (x[2] + x[3] * t.sin() - t.cos()).square());
    }, 85822.201626356345, [[-11.594439904762165, 13.203630051207204, -0.40343948817685952, 0.2367787744557363]], [[25, 5, -5, -1]]);

    /// <summary>No. 17: the sum of two decays, scales from 0.01 to 2.</summary>
    public static TestFunction Osborne1 { get; } = new("Osborne 1", x =>
    {
        var t = Range(x, 33, 0, 10);
        return Squares(Like(x, Decays) - (x[0] + x[1] * (-t * x[3]).exp() + x[2] * (-t * x[4]).exp()));
    }, 5.4648946974829064e-5, [[0.37541005210695204, 1.9358469127123674, -1.4646871366134231, 0.012867534640057289, 0.022122699661672611]],
        [[0.5, 1.5, -1, 0.01, 0.02]]);

    /// <summary>No. 18, 13 points: the smallest value is 0, and a local minimum is nearer to the start.</summary>
    public static TestFunction Biggs { get; } = new("Biggs EXP6", x =>
    {
        var t = Range(x, 13, 0.1, 0.1);
        var data = (-t).exp() - 5 * (-10 * t).exp() + 3 * (-4 * t).exp();
        return Squares(x[2] * (-t * x[0]).exp() - x[3] * (-t * x[1]).exp() + x[5] * (-t * x[4]).exp() - data);
    }, 0, [[1, 10, 1, 5, 4, 3]], [[1, 2, 1, 1, 1, 1]])
    {
        LocalMinima = [(0.005655649925499931,
            [1.7114159947195876, 17.683198180949067, 1.1631436590144013, 5.1865615519934518, 1.7114159947195876, 1.1631436628233838])],
    };

    /// <summary>No. 20 with 6 variables: a polynomial for a differential equation.</summary>
    public static TestFunction Watson { get; } = new("Watson, n = 6", x =>
    {
        var powers = Range(x, 29, 1 / 29.0, 1 / 29.0).unsqueeze(1).pow(Range(x, 6, 0, 1));
        var derivative = powers[.., ..5].matmul(x[1..] * Range(x, 5, 1, 1));
        return Squares(derivative - powers.matmul(x).square() - 1) + Squares(x[0], x[1] - x[0].square() - 1);
    }, 0.0022876700535524362,
        [[-0.015725086401458457, 1.0124348693691099, -0.23299162595673768, 1.2604300877996083, -1.5137289227222797, 0.99299643243113452]],
        [new double[6]]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<TestFunction> All { get; } =
        [FreudensteinRoth, JennrichSampson, Box, Gaussian, Bard, Meyer, KowalikOsborne, BrownDennis, Osborne1, Biggs, Watson];

    private static double[] BellCurve =>
        [.0009, .0044, .0175, .0540, .1295, .2420, .3521, .3989, .3521, .2420, .1295, .0540, .0175, .0044, .0009];

    private static double[] BardData => [.14, .18, .22, .25, .29, .32, .35, .39, .37, .58, .73, .96, 1.34, 2.10, 4.39];

    private static double[] Thermistor =>
        [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872];

    private static double[] EnzymeVelocities => [.1957, .1947, .1735, .1600, .0844, .0627, .0456, .0342, .0323, .0235, .0246];

    private static double[] EnzymeConcentrations => [4, 2, 1, .5, .25, .167, .125, .1, .0833, .0714, .0625];

    private static double[] Decays =>
    [
        .844, .908, .932, .936, .925, .908, .881, .850, .818, .784, .751, .718, .685, .658, .628, .603, .580,
        .558, .538, .522, .506, .490, .478, .467, .457, .448, .438, .431, .424, .420, .414, .411, .406,
    ];
}
