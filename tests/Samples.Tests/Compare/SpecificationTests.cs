using CompareOptimizers;
using CompareOptimizers.Registry;
using CompareOptimizers.Training;
using TorchOptimExt.LineSearch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Samples.Tests;

public class SpecificationTests
{
    [Fact]
    public void Options_reach_the_optimizer_and_its_reference_and_are_part_of_the_code()
    {
        var adam = Specification.Parse("adam:lr=1e-2,beta2=0.9,amsgrad=true");

        using var parameter = new Parameter(zeros(1));
        using var ours = adam.Make([parameter], adam.Lr);
        using var theirs = adam.Reference!.Make([parameter], adam.Lr);
        foreach (var optimizer in new[] { ours, theirs })
        {
            var group = (Adam.ParamGroup)optimizer.ParamGroups.Single();
            Assert.Equal((1e-2, 0.9, 0.9, true), (group.LearningRate, group.Options.beta1, group.Options.beta2, group.Options.amsgrad));
        }
        Assert.True(adam.Reference.SameAlgorithm);
        Assert.Equal("torch.optim.fused.Adam(model.parameters(), 0.01, beta2: 0.9, amsgrad: true)", adam.OurCode);
        Assert.Equal("torch.optim.Adam(model.parameters(), 0.01, beta2: 0.9, amsgrad: true)", adam.ReferenceCode);
    }

    [Fact]
    public void Options_that_the_comparison_sets_itself_can_be_given_otherwise()
    {
        Assert.Equal("torch.optim.fused.SGD(model.parameters(), 0.01, momentum: 0.5)", Specification.Parse("SGD:momentum=0.5").OurCode);
        Assert.Equal("torch.optim.fused.SGD(model.parameters(), 0.3, momentum: 0.9)", Specification.Parse("SGD:lr=0.3").OurCode);
    }

    [Fact]
    public void A_reference_without_the_option_is_only_the_closest()
    {
        var armijo = Specification.Parse("ArmijoGD:first_trial=Restart,history=3");

        using var parameter = new Parameter(zeros(1));
        using var made = (ArmijoGD)armijo.Make([parameter], armijo.Lr);
        Assert.Equal(3, made.ParamGroups.OfType<ArmijoGD.ParamGroup>().Single().Options.history);
        Assert.False(armijo.Reference!.SameAlgorithm);
        Assert.False(Specification.Parse("EwmaMomentum:beta=0.5").Reference!.SameAlgorithm);
    }

    [Theory]
    [InlineData("Adam:beta3=1", "Adam has no option 'beta3'; it has lr, beta1, ")]
    [InlineData("Adam:lr=fast", "lr cannot be 'fast'")]
    [InlineData("Adam:amsgrad=maybe", "amsgrad cannot be 'maybe'")]
    [InlineData("Adam:lr", "NAME=VALUE")]
    [InlineData("Adam:", "NAME=VALUE")]
    [InlineData("Adam:lr=-1", "-1")]
    [InlineData("ArmijoGD:first_trial=7", "Restart")]
    [InlineData("Adamantium:lr=1", "no optimizer 'Adamantium'")]
    public void What_is_wrong_is_said(string text, string said) => Assert.Contains(said, Assert.Throws<UserException>(() => Specification.Parse(text)).Message);

    [Theory]
    [InlineData(1e-4, 1e-1, new[] { 1e-4, 3.16e-4, 1e-3, 3.16e-3, 1e-2, 3.16e-2, 1e-1 })]
    [InlineData(0.1, 0.2, new[] { 0.1, 0.2 })]
    [InlineData(0.1, 0.1, new[] { 0.1 })]
    public void Learning_rates_are_half_decades_apart(double from, double to, double[] rates) => Assert.Equal(rates, Sweep.Rates(from, to));

    [Fact]
    public void The_best_rate_is_that_of_the_lowest_finite_loss()
    {
        var adam = Contenders.Choose(["Adam"])[0];
        Assert.Equal(0.01, new Sweep(adam, [new(0.001, 2, 0), new(0.01, 1, 0), new(0.1, double.NaN, 0)]).BestLr);
        Assert.Equal(adam.Lr, new Sweep(adam, [new(0.001, double.NaN, 0)]).BestLr);
    }
}
