using MathNet.Numerics.LinearAlgebra;

namespace LqrRandomSearch;

/// <summary>The system of <see cref="LqrEnvironment"/> as one knows it who knows A: exact costs, and the optimum.</summary>
internal static class LqrProblem
{
    public const int States = 3;
    public const int Horizon = 100;
    public const double ControlCost = 1000;

    public static readonly double[] Start = [-0.70318731, -0.49028236, -0.32181433];
    public static readonly double[,] Dynamics = { { 1.01, 0.01, 0 }, { 0.01, 1.01, 0.01 }, { 0, 0.01, 1.01 } };

    private static readonly Matrix<double> A = Matrix<double>.Build.DenseOfArray(Dynamics);
    private static readonly Matrix<double> Q = Matrix<double>.Build.DenseIdentity(States);
    private static readonly Matrix<double> R = ControlCost * Q;

    /// <summary>The least average cost of a step that any policy u = Kx can reach: the algebraic Riccati equation, by policy iteration on
    /// Lyapunov equations (Hewer 1971).</summary>
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

    /// <summary>The average cost of a step for ever, the trace of P = (A+K)ᵀP(A+K) + Q + KᵀRK; infinite where A+K is not
    /// stable.</summary>
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
}
