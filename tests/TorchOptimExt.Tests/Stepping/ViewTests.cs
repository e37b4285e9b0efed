using TorchOptimExt.Stepping;
using TorchOptimExt.Tests.FirstOrder;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Stepping;

/// <summary>Parameters and gradients whose memory does not hold their elements one after the other.</summary>
public class ViewTests
{
    public static TheoryData<string> All => FirstOrderOptimizer.Names;

    // conj() only sets a bit, and so does the imaginary part of what it returns: the memory holds the opposite numbers.
    [Fact]
    public void A_gradient_that_autograd_left_as_a_negated_view_leads_downhill()
    {
        using var scope = NewDisposeScope();
        var p = new Parameter(tensor(1f));
        var z = complex(tensor(0.5f), p);
        (z.conj() * complex(tensor(0f), tensor(1f))).real.backward();
        Assert.True(p.grad!.is_neg());
        using var optimizer = optim.fused.SGD([p], 0.1);
        optimizer.step();
        Assert.Equal(0.9f, p.item<float>());
        Assert.Contains("negated view", optimizer.LastStepNotFusedBecause);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Negated_views_give_what_their_copies_give(string name)
    {
        using var scope = NewDisposeScope();
        var start = linspace(-1, 1, 12, float64);
        Tensor Negated(Tensor values) => complex(zeros_like(values), -values).conj().imag;
        Parameter plain = new(start.clone()), view = new(Negated(start)), viewed = new(start.clone());
        Assert.True(view.is_neg());
        using var optimizer = FirstOrderOptimizer.Named(name).Make([plain, view, viewed], 0.05);
        for (var step = 0; step < 4; step++)
        {
            var gradient = linspace(-2, 3, 12, float64) - step;
            (plain.grad, view.grad, viewed.grad) = (gradient, gradient, Negated(gradient));
            optimizer.step(() => tensor(1.0));
        }
        Assert.False(plain.allclose(start));
        Assert.True(plain.allclose(view, rtol: 1e-13, atol: 1e-15), $"{plain - view}");
        Assert.True(plain.allclose(viewed, rtol: 1e-13, atol: 1e-15), $"{plain - viewed}");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Parameters_in_another_order_in_memory_take_one_pass(string name)
    {
        using var scope = NewDisposeScope();
        var start = linspace(-1, 1, 120, float32).reshape(2, 3, 4, 5);
        List<Parameter> parameters = [new(start.clone()), new(start.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)), new(start.permute(3, 1, 0, 2).contiguous().permute(2, 1, 3, 0))];
        Assert.False(parameters[1].is_contiguous() || parameters[2].is_contiguous());
        using var optimizer = FirstOrderOptimizer.Named(name).Make(parameters, 0.05);
        for (var step = 0; step < 4; step++)
        {
            foreach (var parameter in parameters)
            {
                parameter.grad = null;
                (parameter * (parameter.detach() * 0 + start.sin() + step)).sum().backward();
            }
            optimizer.step(() => tensor(1.0));
            Assert.True(((IFusedOptimizer)optimizer).LastStepFused, ((IFusedOptimizer)optimizer).LastStepNotFusedBecause);
        }
        Assert.False(parameters[0].allclose(start));
        foreach (var other in parameters.Skip(1)) Assert.True(other.equal(parameters[0]).all().ToBoolean());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_parameter_that_overlaps_itself_is_refused(string name)
    {
        using var scope = NewDisposeScope();
        Parameter good = new(ones(5)), bad = new(ones(1).expand(5));
        var message = Assert.Throws<ArgumentException>(() => FirstOrderOptimizer.Named(name).Make([good, bad], 0.05)).Message;
        Assert.Contains("parameter 1 of shape [5]", message);
        Assert.Contains("clone()", message);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_parameter_that_overlaps_itself_later_is_refused_before_others_are_changed(string name)
    {
        using var scope = NewDisposeScope();
        Parameter good = new(ones(5)), bad = new(ones(5));
        using var optimizer = FirstOrderOptimizer.Named(name).Make([good, bad], 0.05);
        using (no_grad()) bad.set_(ones(1).expand(5));
        (good.grad, bad.grad) = (ones(5), ones(5));
        Assert.Contains("share memory", Assert.Throws<InvalidOperationException>(() => optimizer.step(() => tensor(1.0))).Message);
        Assert.Equal([1f, 1, 1, 1, 1], good.data<float>().ToArray());
    }
}
