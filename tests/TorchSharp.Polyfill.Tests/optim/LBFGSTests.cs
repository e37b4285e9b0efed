using System.Text.Json;
using References;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharpPolyfill.Tests;

public class LBFGSTests
{
    private static Parameter Point(double x, double y) => new(tensor((double[])[x, y]));

    private static Tensor Rosenbrock(Tensor x) => 100 * (x[1] - x[0] * x[0]) * (x[1] - x[0] * x[0]) + (1 - x[0]) * (1 - x[0]);

    private static Func<Tensor> Closure(Parameter x, optim.Optimizer optimizer) => () =>
    {
        optimizer.zero_grad();
        var loss = Rosenbrock(x);
        loss.backward();
        return loss;
    };

    [Theory, InlineData(0), InlineData(1)]
    public void Points_on_Rosenbrock_follow_PyTorch(int k)
    {
        using var scope = NewDisposeScope();
        var run = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "References", "lbfgs.json"))).RootElement.GetProperty("runs")[k];
        var x = Point(run.GetProperty("start")[0].GetDouble(), run.GetProperty("start")[1].GetDouble());
        using var optimizer = optim.LBFGS([x], 0.1, max_iter: 10, history_size: 7);
        var losses = run.GetProperty("losses").EnumerateArray();
        var step = 0;
        foreach (var point in run.GetProperty("points").EnumerateArray())
        {
            losses.MoveNext();
            Assert.Equal(losses.Current.GetDouble(), optimizer.step(Closure(x, optimizer)).item<double>(), 1e-9);
            Tolerance.Holds([point[0].GetDouble(), point[1].GetDouble()], Trajectory.Values(x), ScalarType.Float64, ++step);
        }
    }

    [Fact]
    public void The_learning_rate_is_that_of_the_optimizer()
    {
        using var scope = NewDisposeScope();
        var x = Point(1, 0);
        using var optimizer = optim.LBFGS([("x", x)], 0.5, max_iter: 1, max_eval: 2);
        Assert.Equal(x, optimizer.parameters().Single());
        optimizer.LearningRate = 0;
        optimizer.step(Closure(x, optimizer));
        Assert.Equal([1, 0], Trajectory.Values(x));
    }

    [Fact]
    public void What_a_closure_throws_comes_out_of_the_step()
    {
        using var scope = NewDisposeScope();
        var x = Point(1, 0);
        using var optimizer = optim.LBFGS([x]);
        Assert.Equal("no loss", Assert.Throws<FormatException>(() => optimizer.step(() => throw new FormatException("no loss"))).Message);
        Assert.Throws<ArgumentNullException>(() => optimizer.step(null));
    }
}
