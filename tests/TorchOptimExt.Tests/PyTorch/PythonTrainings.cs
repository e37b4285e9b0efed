using static TorchSharp.torch;

namespace TorchOptimExt.Tests.PyTorch;

/// <summary>A folder with trainings that PyTorch began, and that it resumed after five steps of ours. Python runs twice for all tests.</summary>
public sealed class PythonTrainings : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("exchange");

    public PythonTrainings()
    {
        if (PythonTorch.Missing is not null) return;
        PythonTorch.Run("start", folder.FullName);
        foreach (var name in ExchangeTests.Names) Save(name);
        PythonTorch.Run("resume", folder.FullName);
    }

    public string this[string file] => Path.Combine(folder.FullName, file);

    private void Save(string name)
    {
        using var scope = NewDisposeScope();
        using var training = new Training(name, fused: true);
        var values = training.Load(this[$"{name}.0.pt"]);
        training.Run(values, 5);
        values["epoch"] = 5;
        PyTorchCheckpoint.Save(this[$"{name}.other.pt"], training.Model, training.Optimizer, values);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
