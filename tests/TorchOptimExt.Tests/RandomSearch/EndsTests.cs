using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.RandomSearch;

/// <summary>The two ends of a direction: where the objective is evaluated.</summary>
public class EndsTests
{
    public static TheoryData<ScalarType, bool> Kinds => new()
    {
        { ScalarType.Float32, false }, { ScalarType.Float32, true }, { ScalarType.Float64, false }, { ScalarType.Float64, true },
        { ScalarType.Float16, false }, { ScalarType.BFloat16, false },
    };

    [Theory, MemberData(nameof(Kinds))]
    public void Second_end_is_the_mirror_image_of_the_first(ScalarType dtype, bool strided)
    {
        using var scope = NewDisposeScope();
        var (parameter, middle) = Parameter(dtype, strided);
        var ends = Ends(parameter, _ => { });
        var wide = dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        foreach (var (first, second) in ends)
        {
            Assert.False(first.equal(middle).all().item<bool>());
            var mirrored = middle.to(wide) - (first.to(wide) - middle.to(wide));
            Assert.True(second.equal(mirrored.to(dtype)).all().item<bool>());
        }
    }

    // In place, without raising a version, and of one element alone.
    [Theory]
    [InlineData("tensor operations")]
    [InlineData("a fused step")]
    [InlineData("one element's memory")]
    public void Objective_that_writes_to_the_parameters_changes_no_other_end(string how)
    {
        using var scope = NewDisposeScope();
        var expected = Ends(Parameter(ScalarType.Float32, false).parameter, _ => { });
        var actual = Ends(Parameter(ScalarType.Float32, false).parameter, p =>
        {
            using var quiet = no_grad();
            if (how == "tensor operations") p.clamp_(-0.5, 0.5);
            else if (how == "one element's memory") p.bytes[777 * 4 + 1] ^= 1;
            else
            {
                p.grad = ones_like(p);
                optim.fused.SGD([p], 0.1).step();
                p.grad = null;
            }
        });
        foreach (var ((first, second), (other, another)) in expected.Zip(actual))
        {
            Assert.True(first.equal(other).all().item<bool>());
            Assert.True(second.equal(another).all().item<bool>());
        }
    }

    [Fact]
    public void An_end_by_itself_has_the_bits_that_it_has_in_a_step()
    {
        using var scope = NewDisposeScope();
        var inStep = Ends(Parameter(ScalarType.Float32, false).parameter, _ => { });
        var (parameter, _) = Parameter(ScalarType.Float32, false);
        using var search = optim.ARS([parameter], n_directions: 3, seed: 5);
        for (var k = 2; k >= 0; k--)
            foreach (var sign in new[] { -1, 1, -1 })
            {
                Tensor? seen = null;
                search.Evaluate(new(0, k, sign), _ =>
                {
                    seen = parameter.detach().clone().DetachFromDisposeScope();
                    return 0;
                });
                Assert.True(seen!.equal(sign > 0 ? inStep[k].first : inStep[k].second).all().item<bool>());
            }
    }

    private static (Parameter parameter, Tensor middle) Parameter(ScalarType dtype, bool strided)
    {
        using var scope = NewDisposeScope();
        var values = (arange(1000) * 0.37).sin().to_type(dtype).view(10, 100);
        var parameter = new Parameter(strided ? values.t() : values);
        return ((Parameter)parameter.MoveToOuterDisposeScope(), parameter.detach().clone().MoveToOuterDisposeScope());
    }

    // What the objective sees in each evaluation of a step.
    private static List<(Tensor first, Tensor second)> Ends(Parameter parameter, Action<Parameter> write)
    {
        using var search = optim.ARS([parameter], n_directions: 3, seed: 5);
        var (seen, value) = (new List<Tensor>(), 0.0);
        search.step(_ =>
        {
            seen.Add(parameter.detach().clone().DetachFromDisposeScope());
            write(parameter);
            return value++;
        });
        return [.. seen.Chunk(2).Select(pair => (pair[0], pair[1]))];
    }
}
