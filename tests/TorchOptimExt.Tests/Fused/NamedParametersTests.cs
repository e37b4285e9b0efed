using TorchOptimExt.Stepping;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Fused;

public class NamedParametersTests
{
    private static readonly Dictionary<string, Func<IEnumerable<(string, Parameter)>, OptimizerHelper>> Optimizers = new()
    {
        ["SGD"] = p => optim.fused.SGD(p, 0.1),
        ["Adagrad"] = p => optim.fused.Adagrad(p),
        ["Adadelta"] = p => optim.fused.Adadelta(p),
        ["RMSProp"] = p => optim.fused.RMSProp(p),
        ["Adam"] = p => optim.fused.Adam(p),
        ["AdamW"] = p => optim.fused.AdamW(p),
        ["Rprop"] = p => optim.fused.Rprop(p),
    };

    public static TheoryData<string> All => [.. Optimizers.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void Messages_call_parameters_by_their_names(string name)
    {
        using var scope = NewDisposeScope();
        Parameter plain = new(ones(3)), turned = new(ones(2, 3).t());
        using var optimizer = Optimizers[name]([("layer.bias", plain), ("layer.weight", turned)]);
        (plain.grad, turned.grad) = (ones(3), ones(3, 2));
        optimizer.step();
        Assert.StartsWith("parameter 'layer.weight' cannot be visited", ((IFusedOptimizer)optimizer).LastStepNotFusedBecause);
    }
}
