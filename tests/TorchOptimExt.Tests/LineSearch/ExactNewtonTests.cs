using TorchOptimExt.LineSearch;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

public class ExactNewtonTests
{
    [Fact]
    public void The_smallest_matrix_that_is_not_positive_definite_gets_a_shift()
    {
        using var scope = NewDisposeScope();
        var matrix = tensor(new double[,] { { 0, double.Epsilon }, { double.Epsilon, 0 } });
        var (_, shift) = ExactNewton.Solve(matrix, tensor([1.0, 1]));
        Assert.InRange(shift, double.Epsilon, 1e-300);
    }
}
