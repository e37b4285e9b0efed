using TorchOptimExt.Tests.FirstOrder;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Stepping;

/// <summary>State whatever is done to it through TorchSharp's types, whose members are not virtual.</summary>
public class KeptStateTests
{
    public static TheoryData<string> All => FirstOrderOptimizer.Names;

    [Theory]
    [MemberData(nameof(All))]
    public void Moving_and_loading_inside_a_scope_through_the_base_type_loses_nothing(string name)
    {
        using var scope = NewDisposeScope();
        Parameter parameter = new(ones(6)), same = new(ones(6));
        var (optimizer, expected) = (Make(name, parameter), Make(name, same));
        for (var k = 0; k < 4; k++)
        {
            Step(optimizer, parameter, k);
            Step(expected, same, k);
            var file = Save(optimizer);
            using (NewDisposeScope())
            {
                if (k % 2 == 0) optimizer.to(CPU);
                else Load(optimizer, file);
            }
        }
        Step(optimizer, parameter, 5);
        Step(expected, same, 5);
        Assert.True(parameter.bytes.SequenceEqual(same.bytes));
        Assert.Equal(Save(expected), Save(optimizer));
    }

    [Fact]
    public void A_momentum_that_a_scope_took_is_named()
    {
        using var scope = NewDisposeScope();
        Parameter parameter = new(ones(6)), other = new(ones(6));
        using var begun = optim.fused.SGD([other], 0.1, momentum: 0.9);
        Step(begun, other, 0);
        var file = Save(begun);
        OptimizerHelper optimizer = optim.fused.SGD([parameter], 0.1, momentum: 0.9);
        using (NewDisposeScope()) Load(optimizer, file);
        parameter.grad = ones(6);
        foreach (var use in (Action[])[() => optimizer.step(), () => optimizer.state_dict(), optimizer.zero_grad, () => Save(optimizer)])
        {
            var message = Assert.Throws<InvalidOperationException>(use).Message;
            Assert.Contains("SGD: the state of parameter 0 of shape [6] was disposed", message);
            Assert.Contains("dispose scope", message);
        }
    }

    [Fact]
    public void A_momentum_loaded_inside_a_scope_through_the_class_s_own_type_stays()
    {
        using var scope = NewDisposeScope();
        Parameter parameter = new(ones(6)), other = new(ones(6));
        using var begun = optim.fused.SGD([other], 0.1, momentum: 0.9);
        Step(begun, other, 0);
        var file = Save(begun);
        var optimizer = optim.fused.SGD([parameter], 0.1, momentum: 0.9);
        using (NewDisposeScope())
        {
            using var reader = new BinaryReader(new MemoryStream(file));
            optimizer.load_state_dict(reader);
        }
        Assert.Equal(file, Save(optimizer));
        Step(optimizer, parameter, 1);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_disposed_optimizer_says_so(string name)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(6)) { grad = ones(6) };
        var optimizer = Make(name, parameter);
        optimizer.Dispose();
        optimizer.Dispose();
        foreach (var use in (Action[])[() => optimizer.step(() => tensor(1.0)), () => optimizer.state_dict(), optimizer.zero_grad, () => Save(optimizer)])
            Assert.Throws<ObjectDisposedException>(use);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_parameter_that_a_conversion_replaced_is_named_with_what_to_do(string name)
    {
        using var scope = NewDisposeScope();
        var model = nn.Linear(3, 2);
        using var optimizer = FirstOrderOptimizer.Named(name).Make([.. model.parameters()], 0.05);
        model.to(float64);
        foreach (var use in (Action[])[() => optimizer.step(() => tensor(1.0)), () => optimizer.state_dict(), optimizer.zero_grad])
        {
            var message = Assert.Throws<InvalidOperationException>(use).Message;
            Assert.Contains("parameter 0", message);
            Assert.Contains("Convert the model first", message);
        }
    }

    private static OptimizerHelper Make(string name, Parameter parameter) => FirstOrderOptimizer.Named(name).Make([parameter], 0.05);

    private static void Step(OptimizerHelper optimizer, Parameter parameter, int k)
    {
        using var scope = NewDisposeScope();
        parameter.grad = linspace(-1, 2, 6, float32) - k / 2.0;
        optimizer.step(() => tensor(1.0 / (1 + k)));
    }

    private static byte[] Save(OptimizerHelper optimizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        optimizer.save_state_dict(writer);
        return stream.ToArray();
    }

    private static void Load(OptimizerHelper optimizer, byte[] file)
    {
        using var reader = new BinaryReader(new MemoryStream(file));
        optimizer.load_state_dict(reader);
    }
}
