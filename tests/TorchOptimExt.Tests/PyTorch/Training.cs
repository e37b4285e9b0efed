using TorchOptimExt.PyTorch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.PyTorch;

/// <summary>The training of <c>exchange.py</c> in TorchSharp, with other options than there: those of the file count.</summary>
internal sealed class Training : IDisposable
{
    public Training(string name, bool fused)
    {
        Model = nn.Sequential(("0", nn.Linear(4, 8)), ("1", nn.Tanh()), ("2", nn.Linear(8, 3)));
        Optimizer = Make(name.Split(' ')[0], fused, Model.parameters().Take(2), Model.parameters().Skip(2));
    }

    public Sequential Model { get; }

    public optim.Optimizer Optimizer { get; }

    private static optim.Optimizer Make(string name, bool fused, IEnumerable<Parameter> first, IEnumerable<Parameter> second) => (name, fused) switch
    {
        ("SGD", true) => new TorchOptimExt.Fused.SGD([new SGD.ParamGroup(first), new SGD.ParamGroup(second)], 1),
        ("SGD", _) => new SGD([new SGD.ParamGroup(first), new SGD.ParamGroup(second)], 1, 0, 0, 0, false, false),
        ("Adagrad", true) => new TorchOptimExt.Fused.Adagrad([new Adagrad.ParamGroup(first), new Adagrad.ParamGroup(second)]),
        ("Adagrad", _) => new Adagrad([new Adagrad.ParamGroup(first), new Adagrad.ParamGroup(second)]),
        ("Adadelta", true) => new TorchOptimExt.Fused.Adadelta([new Adadelta.ParamGroup(first), new Adadelta.ParamGroup(second)]),
        ("Adadelta", _) => new Adadelta([new Adadelta.ParamGroup(first), new Adadelta.ParamGroup(second)]),
        ("RMSProp", true) => new TorchOptimExt.Fused.RMSProp([new RMSProp.ParamGroup(first), new RMSProp.ParamGroup(second)]),
        ("RMSProp", _) => new RMSProp([new RMSProp.ParamGroup(first), new RMSProp.ParamGroup(second)]),
        ("Adam", true) => new TorchOptimExt.Fused.Adam([new Adam.ParamGroup(first), new Adam.ParamGroup(second)]),
        ("Adam", _) => new Adam([new Adam.ParamGroup(first), new Adam.ParamGroup(second)]),
        ("AdamW", true) => new TorchOptimExt.Fused.AdamW([new AdamW.ParamGroup(first), new AdamW.ParamGroup(second)]),
        ("AdamW", _) => new AdamW([new AdamW.ParamGroup(first), new AdamW.ParamGroup(second)]),
        ("Adamax", true) => new TorchOptimExt.Fused.Adamax([new Adamax.ParamGroup(first), new Adamax.ParamGroup(second)]),
        ("Adamax", _) => new Adamax([new Adamax.ParamGroup(first), new Adamax.ParamGroup(second)]),
        ("NAdam", true) => new TorchOptimExt.Fused.NAdam([new NAdam.ParamGroup(first), new NAdam.ParamGroup(second)]),
        ("NAdam", _) => new NAdam([new NAdam.ParamGroup(first), new NAdam.ParamGroup(second)]),
        ("RAdam", true) => new TorchOptimExt.Fused.RAdam([new RAdam.ParamGroup(first), new RAdam.ParamGroup(second)]),
        ("RAdam", _) => new RAdam([new RAdam.ParamGroup(first), new RAdam.ParamGroup(second)]),
        ("ASGD", true) => new TorchOptimExt.Fused.ASGD([new ASGD.ParamGroup(first), new ASGD.ParamGroup(second)]),
        ("ASGD", _) => new ASGD([new ASGD.ParamGroup(first), new ASGD.ParamGroup(second)]),
        ("Rprop", true) => new TorchOptimExt.Fused.Rprop([new Rprop.ParamGroup(first), new Rprop.ParamGroup(second)]),
        ("Rprop", _) => new Rprop([new Rprop.ParamGroup(first), new Rprop.ParamGroup(second)]),
        _ => throw new ArgumentException(name),
    };

    public PyTorchDictionary Load(string path) => PyTorchCheckpoint.Load(path, Model, Optimizer).Values;

    public void Run(PyTorchDictionary values, int steps)
    {
        for (var k = 0; k < steps; k++)
        {
            Optimizer.zero_grad();
            nn.functional.mse_loss(Model.forward((Tensor)values["x"]!), (Tensor)values["y"]!).backward();
            Optimizer.step();
        }
    }

    /// <summary>Everything that a load changes, as bytes.</summary>
    public byte[] Snapshot()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (var (_, tensor) in Model.state_dict()) writer.Write(tensor.detach().bytes);
        ((OptimizerHelper)Optimizer).save_state_dict(writer);
        return stream.ToArray();
    }

    public void Dispose()
    {
        Model.Dispose();
        Optimizer.Dispose();
    }
}
