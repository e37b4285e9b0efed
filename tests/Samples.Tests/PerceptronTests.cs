using Perceptron;
using TorchSharp;

namespace Samples.Tests;

public class PerceptronTests
{
    // The least loss of the unit on these flowers: PyTorch 1.13.1's L-BFGS to a gradient of 1e-9, rounded down.
    private const double LeastLoss = 0.102817540;

    [Fact]
    public void All_methods_come_near_the_least_loss()
    {
        var data = new TwoIrises();
        foreach (var method in Method.All)
        {
            using var unit = method.Train(data);
            using var loss = unit.Loss(data);
            Assert.InRange(loss.ToDouble(), LeastLoss, 1.02 * LeastLoss);
            Assert.InRange(unit.Errors(data), 0, 6);
        }
    }

    [Fact]
    public void Drawing_has_every_flower_and_every_boundary()
    {
        var data = new TwoIrises();
        using var unit = Method.All[0].Train(data);
        var svg = System.Xml.Linq.XDocument.Parse(Drawing.Svg(data, [("one", unit), ("two", unit)])).Root!;
        Assert.Equal(100, svg.Elements().Count(e => e.Name.LocalName == "circle"));
        Assert.Equal(2, svg.Elements().Count(e => e.Name.LocalName == "line"));
    }
}
