using MlTraining;
using TorchSharp.Modules;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests.Training;

public class OptimizerTests
{
    private static readonly List<Row> Rows = Row.Some(200);

    public static TheoryData<string, int?, int> Optimizers => new()
    {
        { "Rprop", null, 150 },
        { "ArmijoGD", null, 60 },
        { "ArmijoNewton", null, 3 },
        { "LBFGS", null, 10 },
        { "ARS", null, 300 },
        { "fused Adam", 20, 60 },
        { "TorchSharp SGD", 20, 60 },
        { "EwmaMomentum", null, 300 },
    };

    private static optim.Optimizer Make(string name, IEnumerable<Parameter> parameters) => name switch
    {
        "Rprop" => optim.fused.Rprop(parameters),
        "ArmijoGD" => optim.ArmijoGD(parameters),
        "ArmijoNewton" => optim.ArmijoNewton(parameters),
        "LBFGS" => optim.LBFGS(parameters, lr: 1),
        "ARS" => optim.ARS(parameters, seed: 1),
        "fused Adam" => optim.fused.Adam(parameters, 0.05),
        "TorchSharp SGD" => optim.SGD(parameters, 0.02),
        _ => optim.EwmaMomentum(parameters, 0.1),
    };

    // The best that a linear model can do, from the normal equations; who samples stays within a percent or so above.
    [Theory, MemberData(nameof(Optimizers))]
    public void Every_kind_of_optimizer_reaches_the_least_squares(string name, int? batchSize, int epochs)
    {
        var options = Linear("Number", epochs);
        options.BatchSize = batchSize;
        options.Optimizer = parameters => Make(name, parameters);
        var scores = Context.Regression.Trainers.Torch(options).Fit(View(Rows)).Scores(View(Rows));
        var error = scores.Zip(Rows, (score, row) => Math.Pow(score - row.Number, 2)).Average();
        Assert.InRange(error / LeastSquares.MeanSquaredError(Rows), 1 - 1e-6, 1.02);
    }

    [Fact]
    public void A_schedule_sets_the_rate_of_the_next_epoch()
    {
        var reports = new Reports();
        var options = Linear("Number", 4);
        options.Optimizer = parameters => optim.SGD(parameters, 0.08);
        options.Scheduler = optimizer => optim.lr_scheduler.StepLR(optimizer, 2, 0.5);
        options.Progress = reports;
        Context.Regression.Trainers.Torch(options).Fit(View(Rows));
        Assert.Equal([0.08, 0.08, 0.04, 0.04], reports.Select(r => r.LearningRate));
    }

    [Fact]
    public void A_schedule_that_waits_for_a_plateau_sees_the_loss()
    {
        var reports = new Reports();
        var options = Linear("Number", 6);
        options.Scheduler = optimizer => optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor: 0.5, patience: 1, min_lr: [0.0]);
        options.Progress = reports;
        options.Optimizer = parameters => optim.SGD(parameters, 1e-7);
        Context.Regression.Trainers.Torch(options).Fit(View(Rows));
        Assert.True(reports[^1].LearningRate < 1e-7);
    }

    [Fact]
    public void Clipping_bounds_a_step_of_plain_descent()
    {
        float[] Step(double? norm, double lr)
        {
            var options = Linear("Number", 1);
            options.MaxGradientNorm = norm;
            options.Optimizer = parameters => optim.SGD(parameters, lr);
            return Context.Regression.Trainers.Torch(options).Fit(View(Rows)).Weights();
        }
        var start = Step(null, 0);
        double Length(float[] end) => Math.Sqrt(end.Zip(start, (e, s) => Math.Pow(e - s, 2)).Sum());
        Assert.Equal(0.01, Length(Step(0.1, 0.1)), 1e-5);
        Assert.True(Length(Step(null, 0.1)) > 0.05);
    }

    [Fact]
    public void Gradients_of_a_search_cannot_be_clipped()
    {
        var options = Linear("Number", 1);
        options.MaxGradientNorm = 1;
        options.Optimizer = parameters => optim.ArmijoGD(parameters);
        var error = Assert.Throws<InvalidOperationException>(() => Context.Regression.Trainers.Torch(options).Fit(View(Rows)));
        Assert.Contains("ArmijoGD", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_of_the_module_passes_through_any_optimizer()
    {
        foreach (var name in new[] { "LBFGS", "Rprop", "ArmijoGD" })
        {
            var options = new TorchTrainerOptions { LabelColumnName = "Number", Module = inputs => new Moody(inputs), Optimizer = parameters => Make(name, parameters), BatchSize = null };
            Assert.Throws<TimeoutException>(() => Context.Regression.Trainers.Torch(options).Fit(View(Rows)));
        }
    }

    /// <summary>Refuses to be trained.</summary>
    private sealed class Moody : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> layer;

        public Moody(long inputs) : base(nameof(Moody))
        {
            layer = nn.Linear(inputs, 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => training ? throw new TimeoutException() : layer.call(input);
    }
}
