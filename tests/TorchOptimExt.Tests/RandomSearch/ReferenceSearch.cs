using TorchOptimExt.RandomSearch;

namespace TorchOptimExt.Tests.RandomSearch;

/// <summary>Algorithms 1 and 2 of Mania, Guy and Recht with loops over arrays in double precision; parameters of one array each.</summary>
internal sealed class ReferenceSearch(double[][] parameters, double[] lr, double[] deltaStd, int directions, int top, bool normalize, bool maximize, long seed)
{
    private long step;

    public double[][] Parameters { get; } = parameters;

    public double Sigma { get; private set; }

    public void Step(Func<double[][], double> f)
    {
        var sign = maximize ? 1 : -1;
        var deltas = Enumerable.Range(0, directions).Select(Delta).ToArray();
        var rewards = deltas.Select(delta => (plus: sign * f(Moved(delta, 1)), minus: sign * f(Moved(delta, -1)))).ToArray();
        var best = Enumerable.Range(0, directions).OrderByDescending(k => Math.Max(rewards[k].plus, rewards[k].minus)).Take(top).ToArray();
        var kept = best.SelectMany(k => new[] { rewards[k].plus, rewards[k].minus }).ToArray();
        Sigma = Math.Sqrt(kept.Average(r => Math.Pow(r - kept.Average(), 2)));
        for (var p = 0; p < Parameters.Length; p++)
            for (var i = 0; i < Parameters[p].Length; i++)
                Parameters[p][i] += lr[p] / (top * (normalize ? Sigma : 1)) * best.Sum(k => (rewards[k].plus - rewards[k].minus) * deltas[k][p][i]);
        step++;
    }

    private float[][] Delta(int direction) => [.. Parameters.Select((parameter, p) =>
    {
        var delta = new float[parameter.Length];
        GaussianNoise.Fill(delta, seed, step, direction, p);
        return delta;
    })];

    private double[][] Moved(float[][] delta, int sign) =>
        [.. Parameters.Select((parameter, p) => parameter.Select((x, i) => x + sign * deltaStd[p] * delta[p][i]).ToArray())];
}
