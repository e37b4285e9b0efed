using System.Text.Json;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharpPolyfill.Tests;

public class SchedulerTests
{
    private static readonly List<JsonElement> File =
        [.. JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "References", "schedules.json"))).RootElement.GetProperty("cases").EnumerateArray()];

    public static TheoryData<int, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, string>();
            for (var k = 0; k < File.Count; k++) cases.Add(k, $"{File[k].GetProperty("case")} {File[k].GetProperty("args")}");
            return cases;
        }
    }

    private static SGD Optimizer(params double[] rates) =>
        optim.SGD(rates.Select(lr => new SGD.ParamGroup([new Parameter(zeros(1))], lr, momentum: 0.9)), 1);

    private static double[] Rates(Optimizer optimizer) => [.. optimizer.ParamGroups.Select(group => group.LearningRate)];

    private static double[] Momenta(Optimizer optimizer) => [.. optimizer.ParamGroups.Select(group => ((IMomentum)group).Momentum)];

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetDouble())];

    private static void Same(JsonElement expected, double[] actual)
    {
        foreach (var (e, a) in Numbers(expected).Zip(actual)) Assert.Equal(e, a, 1e-14);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Rates_follow_PyTorch(int k, string name)
    {
        _ = name;
        using var scope = NewDisposeScope();
        var reference = File[k];
        using var optimizer = Optimizer(Numbers(reference.GetProperty("groups")));
        var scheduler = Make(reference.GetProperty("case").GetString()!, reference.GetProperty("args"), optimizer);
        var epoch = 0;
        foreach (var rates in reference.GetProperty("lr").EnumerateArray())
        {
            if (epoch > 0 && reference.TryGetProperty("metrics", out var metrics)) scheduler.step(metrics[epoch - 1].GetDouble());
            else if (epoch > 0) scheduler.step();
            Same(rates, Rates(optimizer));
            if (reference.TryGetProperty("momentum", out var momenta)) Same(momenta[epoch], Momenta(optimizer));
            epoch++;
        }
        if (!reference.TryGetProperty("closed", out var closed)) return;
        foreach (var at in closed.EnumerateObject())
        {
            scheduler.step((int?)int.Parse(at.Name));
            Same(at.Value, Rates(optimizer));
            Assert.Equal(Rates(optimizer), scheduler.get_last_lr());
        }
    }

    private static lr_scheduler.LRScheduler Make(string name, JsonElement args, Optimizer o)
    {
        double Number(string key, double otherwise) => args.TryGetProperty(key, out var value) ? value.GetDouble() : otherwise;
        int Count(string key, int otherwise) => (int)Number(key, otherwise);
        string Text(string key, string otherwise) => args.TryGetProperty(key, out var value) ? value.GetString()! : otherwise;
        return name switch
        {
            "LambdaLR" => lr_scheduler.LambdaLR(o, t => 1 / (1 + 0.25 * t)),
            "MultiplicativeLR" => lr_scheduler.MultiplicativeLR(o, t => t % 3 == 0 ? 1.25 : 0.75),
            "StepLR" => lr_scheduler.StepLR(o, Count("step_size", 0), Number("gamma", 0)),
            "MultiStepLR" => lr_scheduler.MultiStepLR(o, [.. args.GetProperty("milestones").EnumerateArray().Select(e => e.GetInt32())], Number("gamma", 0)),
            "ConstantLR" => lr_scheduler.ConstantLR(o, Number("factor", 0), Count("total_iters", 0)),
            "LinearLR" => lr_scheduler.LinearLR(o, Number("start_factor", 0), Number("end_factor", 0), Count("total_iters", 0)),
            "ExponentialLR" => lr_scheduler.ExponentialLR(o, Number("gamma", 0)),
            "PolynomialLR" => lr_scheduler.PolynomialLR(o, Count("total_iters", 0), Number("power", 0)),
            "CosineAnnealingLR" => lr_scheduler.CosineAnnealingLR(o, Number("T_max", 0), Number("eta_min", 0)),
            "ReduceLROnPlateau" => lr_scheduler.ReduceLROnPlateau(o, Text("mode", ""), Number("factor", 0), Count("patience", 0), Number("threshold", 1e-4),
                Text("threshold_mode", "rel"), Count("cooldown", 0), !args.TryGetProperty("min_lr", out var min) ? null : min.ValueKind == JsonValueKind.Array ? Numbers(min) : [min.GetDouble()]),
            "CyclicLR" => lr_scheduler.CyclicLR(o, Number("base_lr", 0), Number("max_lr", 0), Count("step_size_up", 0), Count("step_size_down", -1),
                Text("mode", "") == "triangular2" ? lr_scheduler.impl.CyclicLR.Mode.Triangular2 : lr_scheduler.impl.CyclicLR.Mode.Triangular, cycle_momentum: false),
            "OneCycleLR" => lr_scheduler.OneCycleLR(o, Number("max_lr", 0), Count("total_steps", -1), pct_start: Number("pct_start", 0.3),
                anneal_strategy: Text("anneal_strategy", "cos") == "cos" ? lr_scheduler.impl.OneCycleLR.AnnealStrategy.Cos : lr_scheduler.impl.OneCycleLR.AnnealStrategy.Linear,
                base_momentum: Number("base_momentum", 0.85), max_momentum: Number("max_momentum", 0.95), div_factor: Number("div_factor", 25),
                final_div_factor: Number("final_div_factor", 1e4), three_phase: args.TryGetProperty("three_phase", out var three) && three.GetBoolean()),
            "SequentialLR" => lr_scheduler.SequentialLR(o, [lr_scheduler.ConstantLR(o, 0.5, 3), lr_scheduler.ExponentialLR(o, 0.9), lr_scheduler.StepLR(o, 2, 0.5)], [4, 11]),
            "ChainedLR" => lr_scheduler.ChainedLR([lr_scheduler.ConstantLR(o, 0.5, 3), lr_scheduler.ExponentialLR(o, 0.9)]),
            _ => throw new ArgumentException(name),
        };
    }

    // ---- where TorchSharp is not PyTorch: numbers worked out by hand ----

    [Fact]
    public void The_cyclic_momentum_rises_with_the_rate_above_its_maximum()
    {
        using var scope = NewDisposeScope();
        using var optimizer = Optimizer(1);
        var scheduler = lr_scheduler.CyclicLR(optimizer, 0.1, 0.5, step_size_up: 2, base_momentum: 0.5, max_momentum: 0.7);
        Assert.Equal((0.1, 0.7), (Rates(optimizer)[0], Momenta(optimizer)[0]));
        scheduler.step();
        Assert.Equal(0.3, Rates(optimizer)[0], 1e-15);
        Assert.Equal(0.8, Momenta(optimizer)[0], 1e-15);
        Assert.Throws<ArgumentException>(() => lr_scheduler.CyclicLR(optim.Adam([new Parameter(zeros(1))]), 0.1, 0.5));
    }

    [Fact]
    public void The_cyclic_exponential_range_counts_cycles()
    {
        using var scope = NewDisposeScope();
        using var optimizer = Optimizer(1);
        var scheduler = lr_scheduler.CyclicLR(optimizer, 0, 1, step_size_up: 2, mode: lr_scheduler.impl.CyclicLR.Mode.ExpRange, gamma: 0.5, cycle_momentum: false);
        var rates = new List<double> { Rates(optimizer)[0] };
        for (var k = 0; k < 6; k++)
        {
            scheduler.step();
            rates.Add(Rates(optimizer)[0]);
        }
        Assert.Equal([0, 0.25, 0.5, 0.25, 0, 0.125, 0.25], rates);
    }

    [Fact]
    public void One_cycle_ends_at_zero_and_its_second_group_stays_in_the_first_phase()
    {
        using var scope = NewDisposeScope();
        using var optimizer = Optimizer(1, 1);
        var scheduler = lr_scheduler.OneCycleLR(optimizer, 1, total_steps: 10, pct_start: 0.5, anneal_strategy: lr_scheduler.impl.OneCycleLR.AnnealStrategy.Linear, div_factor: 10, final_div_factor: 10);
        for (var k = 0; k < 8; k++) scheduler.step();
        Assert.Equal(0.01 + 0.99 / 5, Rates(optimizer)[0], 1e-15);        // from 1 at step 4 to 0.01 at step 9
        Assert.Equal(0.1 + 0.9 * 2, Rates(optimizer)[1], 1e-15);          // from 0.1 at step 0 through 1 at step 4
        scheduler.step();
        scheduler.step();
        Assert.Equal(0, Rates(optimizer)[0]);
        Assert.Throws<InvalidOperationException>(scheduler.step);
    }

    [Fact]
    public void One_cycle_moves_the_first_beta_of_Adam()
    {
        using var scope = NewDisposeScope();
        using var optimizer = optim.Adam([new Parameter(zeros(1))], beta2: 0.99);
        var scheduler = lr_scheduler.OneCycleLR(optimizer, 1, total_steps: 10, pct_start: 0.3, anneal_strategy: lr_scheduler.impl.OneCycleLR.AnnealStrategy.Linear);
        scheduler.step();
        var (beta1, beta2) = ((IBetas)optimizer.ParamGroups.Single()).Betas;
        Assert.Equal(0.9, beta1, 1e-15);        // half the way from 0.95 to 0.85
        Assert.Equal(0.99, beta2);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        using var scope = NewDisposeScope();
        using var optimizer = Optimizer(1);
        var plateau = lr_scheduler.ReduceLROnPlateau(optimizer);
        Assert.Throws<InvalidOperationException>(plateau.step);
        Assert.Throws<ArgumentException>(() => lr_scheduler.ReduceLROnPlateau(optimizer, mode: "best"));
        Assert.Throws<ArgumentException>(() => lr_scheduler.ReduceLROnPlateau(optimizer, factor: 1));
        Assert.Throws<ArgumentException>(() => lr_scheduler.OneCycleLR(optimizer, 1));
        Assert.Throws<ArgumentException>(() => lr_scheduler.SequentialLR(optimizer, [lr_scheduler.StepLR(optimizer, 1)], [1]));
        Assert.Throws<ArgumentException>(() => lr_scheduler.SequentialLR(Optimizer(1), [lr_scheduler.StepLR(optimizer, 1)], []));
    }
}
