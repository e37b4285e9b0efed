using MathNet.Numerics.LinearAlgebra;
using TorchOptimExt.RandomSearch;

namespace LqrRandomSearch;

/// <summary>
/// A linear system with quadratic costs whose dynamics the learner does not know: x' = Ax + Bu + w, w ~ N(0, I),
/// u = Kx, cost Σ x'ᵀQx' + uᵀRu over a rollout. Three servers that heat each other, on the verge of instability.
/// </summary>
/// <remarks>Source: S. Dean, H. Mania, N. Matni, B. Recht, S. Tu, "On the Sample Complexity of the Linear Quadratic Regulator", 2017, section 6.</remarks>
internal static class LqrProblem
{
    public const int States = 3;
    private const int Horizon = 100;
    private const double ControlCost = 1000;

    private static readonly double[] Start = [-0.70318731, -0.49028236, -0.32181433];
    private static readonly Matrix<double> A = Matrix<double>.Build.DenseOfArray(new[,] { { 1.01, 0.01, 0 }, { 0.01, 1.01, 0.01 }, { 0, 0.01, 1.01 } });
    private static readonly Matrix<double> Q = Matrix<double>.Build.DenseIdentity(States);
    private static readonly Matrix<double> R = ControlCost * Q;

    /// <summary>The least average cost of a step that any policy can reach: the algebraic Riccati equation, by policy iteration on Lyapunov equations (Hewer 1971).</summary>
    public static double OptimalCost()
    {
        var policy = -A;
        for (var round = 0; round < 100; round++)
        {
            var value = Value(policy);
            policy = -(R + value).Solve(value * A);
        }
        return Value(policy).Trace();
    }

    /// <summary>The average cost of a step for ever, the trace of P = (A+K)ᵀP(A+K) + Q + KᵀRK; infinite where A+K is not stable.</summary>
    /// <param name="policy">K, row by row.</param>
    public static double ExactCost(double[] policy)
    {
        var gain = Matrix<double>.Build.DenseOfRowMajor(States, States, policy);
        return (A + gain).Evd().EigenValues.All(z => z.Magnitude < 1) ? Value(gain).Trace() : double.PositiveInfinity;
    }

    // vec(MᵀPM) = (Mᵀ ⊗ Mᵀ) vec(P).
    private static Matrix<double> Value(Matrix<double> gain)
    {
        var closed = (A + gain).Transpose();
        var cost = Q + gain.Transpose() * R * gain;
        var system = Matrix<double>.Build.DenseIdentity(States * States) - closed.KroneckerProduct(closed);
        return Matrix<double>.Build.DenseOfColumnMajor(States, States, system.Solve(Vector<double>.Build.Dense(cost.ToColumnMajorArray())));
    }

    /// <summary>The cost of one rollout.</summary>
    /// <param name="policy">K, row by row.</param>
    /// <param name="seed">Of the trial.</param>
    /// <param name="rollout">Its place in the trial: each has its own noise.</param>
    /// <param name="observe">Sees each state and may add to the control, which it is given next.</param>
    public static double Rollout(double[] policy, long seed, int rollout, Action<double[], double[]>? observe = null)
    {
        var noise = new float[Horizon * States];
        GaussianNoise.Fill(noise, ~seed, rollout, direction: 0);
        var (x, u, cost) = ((double[])Start.Clone(), new double[States], 0.0);
        for (var t = 0; t < Horizon; t++)
        {
            for (var i = 0; i < States; i++) u[i] = Enumerable.Range(0, States).Sum(j => policy[i * States + j] * x[j]);
            observe?.Invoke(x, u);
            var next = new double[States];
            for (var i = 0; i < States; i++)
            {
                next[i] = u[i] + noise[t * States + i];
                for (var j = 0; j < States; j++) next[i] += A[i, j] * x[j];
                cost += next[i] * next[i] + ControlCost * u[i] * u[i];
            }
            x = next;
        }
        return cost;
    }
}
