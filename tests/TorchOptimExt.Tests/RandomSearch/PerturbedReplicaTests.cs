using TorchOptimExt.RandomSearch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.RandomSearch;

public class PerturbedReplicaTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Parallel_steps_are_bitwise_the_serial_ones(int replicas)
    {
        using Linear serialModel = Model(), model = Model();
        using ARS serial = optim.ARS(serialModel.parameters(), seed: 11), parallel = optim.ARS(model.parameters(), seed: 11);
        var evaluators = Enumerable.Range(0, replicas).Select(_ => Replica(parallel)).ToArray();
        for (var step = 0; step < 10; step++)
            Assert.Equal(serial.step(p => Noisy(serialModel, p)), parallel.step(evaluators));
        Assert.Equal(serialModel.weight!.detach().data<float>().ToArray(), model.weight!.detach().data<float>().ToArray());
    }

    // None of them answers before all are asked, as evaluators in other processes may.
    [Fact]
    public void All_evaluators_run_at_once_however_few_processors_there_are()
    {
        const int Directions = 20;
        using var model = Model();
        using var optimizer = optim.ARS(model.parameters(), n_directions: Directions, seed: 3);
        using var all = new Barrier(2 * Directions);
        var report = optimizer.step([.. Enumerable.Range(0, 2 * Directions).Select(_ => new Function(p => all.SignalAndWait(5_000) ? p.Sign * p.Direction : double.NaN))]);
        Assert.Equal(0, report.Dropped);
    }

    [Fact]
    public void Processes_that_exchange_numbers_only_stay_together()
    {
        using Linear here = Model(), there = Model();
        using ARS one = optim.ARS(here.parameters(), n_directions: 4, seed: 2), other = optim.ARS(there.parameters(), n_directions: 4, seed: 2);
        for (var step = 0; step < 5; step++)
        {
            var plus = Enumerable.Range(0, 4).Select(k => one.Evaluate(new(step, k, 1), p => Noisy(here, p))).ToArray();
            var minus = Enumerable.Range(0, 4).Select(k => other.Evaluate(new(step, k, -1), p => Noisy(there, p))).ToArray();
            Assert.Equal(one.Update(plus, minus), other.Update(plus, minus));
        }
        Assert.Equal(here.weight!.detach().data<float>().ToArray(), there.weight!.detach().data<float>().ToArray());
    }

    [Fact]
    public void Evaluator_that_throws_or_returns_NaN_loses_its_direction_only()
    {
        using var model = Model();
        using var optimizer = optim.ARS(model.parameters(), n_directions: 6, seed: 3);
        var report = optimizer.step([.. Enumerable.Range(0, 2).Select(_ => new Function(p => p switch
        {
            { Direction: 1, Sign: 1 } => throw new TimeoutException("late"),
            { Direction: 4, Sign: -1 } => double.NaN,
            _ => p.Sign * (p.Direction + 1),
        }))]);
        Assert.Equal(2, report.Dropped);
        Assert.IsType<TimeoutException>(report.Failure);

        var before = model.weight!.detach().data<float>().ToArray();
        var e = Assert.Throws<InvalidOperationException>(() => optimizer.step([new Function(_ => throw new TimeoutException())]));
        Assert.IsType<TimeoutException>(e.InnerException);
        Assert.Equal(before, model.weight.detach().data<float>().ToArray());
    }

    [Fact]
    public void Cancellation_leaves_the_parameters_as_before()
    {
        using var model = Model();
        using var optimizer = optim.ARS(model.parameters(), seed: 3);
        var before = model.weight!.detach().data<float>().ToArray();
        using var cancellation = new CancellationTokenSource();
        var evaluator = new Function(p =>
        {
            if (p.Direction == 3) cancellation.Cancel();
            cancellation.Token.ThrowIfCancellationRequested();
            return p.Direction;
        });
        Assert.Throws<OperationCanceledException>(() => optimizer.step([evaluator], cancellation.Token));
        Assert.Equal(before, model.weight.detach().data<float>().ToArray());
        Assert.Equal(0, optimizer.Steps);
    }

    [Fact]
    public void Replica_must_be_another_module_of_the_same_shapes()
    {
        using Linear model = Model(), wide = nn.Linear(6, 2);
        using var optimizer = optim.ARS(model.parameters());
        Assert.Throws<ArgumentException>(() => new PerturbedReplica(optimizer, model.parameters(), _ => 0));
        Assert.Throws<ArgumentException>(() => new PerturbedReplica(optimizer, model.parameters().Select(p => new Parameter(p.detach())), _ => 0));
        Assert.Throws<ArgumentException>(() => new PerturbedReplica(optimizer, wide.parameters(), _ => 0));
        Assert.Throws<ArgumentException>(() => new PerturbedReplica(optimizer, [wide.weight!], _ => 0));
        Assert.Throws<ArgumentException>("parameters", () => new PerturbedReplica(optimizer, [model.weight!, null!], _ => 0));
        Assert.Throws<ArgumentException>(() => optimizer.step([]));
        var twice = Replica(optimizer);
        Assert.Throws<ArgumentException>(() => optimizer.step([twice, twice]));
        using var copy = Model();
        PerturbedReplica one = new(optimizer, copy.parameters(), _ => 0), other = new(optimizer, copy.parameters(), _ => 0);
        Assert.Throws<ArgumentException>("evaluators", () => optimizer.step([one, other]));
    }

    [Fact]
    public void Closure_of_a_replica_returns_a_tensor()
    {
        using Linear model = Model(), copy = Model();
        using var optimizer = optim.ARS(model.parameters(), n_directions: 2, seed: 1);
        var report = optimizer.step([new PerturbedReplica(optimizer, copy.parameters(), () => copy.weight!.square().sum())]);
        Assert.True(report.UpdateNorm > 0);
    }

    private static Linear Model()
    {
        manual_seed(1);
        return nn.Linear(5, 2);
    }

    private static PerturbedReplica Replica(ARS optimizer)
    {
        var model = Model();
        return new(optimizer, model.parameters(), p => Noisy(model, p));
    }

    // An episode whose randomness follows from the perturbation alone.
    private static double Noisy(Linear model, Perturbation perturbation)
    {
        var noise = new float[5];
        GaussianNoise.Fill(noise, seed: 99, perturbation.Step, perturbation.Direction);
        return model.forward(tensor(noise)).square().sum().ToDouble();
    }

    private sealed class Function(Func<Perturbation, double> function) : IPerturbationEvaluator
    {
        public double Evaluate(Perturbation perturbation, CancellationToken cancellation) => function(perturbation);
    }
}
