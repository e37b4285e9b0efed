using static TorchSharp.torch;

namespace TorchOptimExt.Tests.PyTorch;

/// <summary>Trainings that go on where Python left them, and the way back.</summary>
public class ExchangeTests(PythonTrainings trainings) : IClassFixture<PythonTrainings>
{
    public static readonly string[] Names = ["SGD", "SGD without momentum", "Adagrad", "Adadelta", "RMSProp", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop"];

    // PyTorch before 2 computes NAdam with a factor too many, TorchSharp's own RAdam multiplies by lr twice.
    public static IEnumerable<object[]> Cases => Names.Where(name => name != "NAdam")
        .SelectMany(name => name == "RAdam" ? new object[][] { [name, true] } : [[name, true], [name, false]]);

    public static TheoryData<string> Optimizers => [.. Names];

    [PythonTheory, MemberData(nameof(Cases))]
    public void Five_steps_in_Python_and_five_here_are_ten_in_Python(string name, bool fused)
    {
        using var scope = NewDisposeScope();
        using var training = new Training(name, fused);
        var values = training.Load(trainings[$"{name}.5.pt"]);
        Assert.Equal(5L, values["epoch"]);
        training.Run(values, 5);
        Compare(training, trainings[$"{name}.10.pt"]);
    }

    public static TheoryData<string> SameAsPython => [.. Names.Where(name => name != "NAdam")];

    [PythonTheory, MemberData(nameof(SameAsPython))]
    public void Five_steps_here_and_five_in_Python_are_ten_in_Python(string name)
    {
        using var scope = NewDisposeScope();
        using var training = new Training(name, fused: true);
        training.Load(trainings[$"{name}.resumed.pt"]);
        Compare(training, trainings[$"{name}.10.pt"]);
    }

    [PythonTheory, MemberData(nameof(Optimizers))]
    public void What_is_saved_here_loads_here_bit_by_bit(string name)
    {
        using var scope = NewDisposeScope();
        using var first = new Training(name, fused: true);
        using var second = new Training(name, fused: false);
        first.Load(trainings[$"{name}.other.pt"]);
        second.Load(trainings[$"{name}.other.pt"]);
        Assert.Equal(first.Model.state_dict().SelectMany(t => t.Value.data<float>().ToArray()), second.Model.state_dict().SelectMany(t => t.Value.data<float>().ToArray()));
        PyTorchCheckpoint.Save(trainings[$"{name}.again.pt"], second.Model, second.Optimizer);
        using var third = new Training(name, fused: true);
        third.Load(trainings[$"{name}.again.pt"]);
        Assert.Equal(first.Snapshot(), third.Snapshot());
    }

    [PythonFact]
    public void A_plain_state_dict_loads_into_a_module()
    {
        using var scope = NewDisposeScope();
        using var training = new Training("Rprop", fused: true);
        PyTorchCheckpoint.Load(trainings["plain.pt"], training.Model);
        Compare(training, trainings["Rprop.10.pt"]);
    }

    [PythonFact]
    public void Another_optimizers_file_is_refused_and_changes_nothing()
    {
        using var scope = NewDisposeScope();
        foreach (var name in Names.Where(name => name is not ("Adam" or "AdamW")))
        {
            using var training = new Training("Adam", fused: true);
            var before = training.Snapshot();
            Assert.Throws<TorchOptimExt.PyTorch.PyTorchFileException>(() => training.Load(trainings[$"{name}.5.pt"]));
            Assert.Equal(before, training.Snapshot());
        }
    }

    private static void Compare(Training training, string path)
    {
        using var expected = new Training("Rprop", fused: false);
        PyTorchCheckpoint.Load(path, expected.Model);
        foreach (var (name, tensor) in expected.Model.state_dict())
        {
            var difference = (tensor - training.Model.state_dict()[name]).abs().max().item<float>() / Math.Max(1, tensor.abs().max().item<float>());
            Assert.True(difference < 1e-6, $"{name}: {difference}");
        }
    }
}
