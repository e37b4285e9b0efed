using TorchOptimExt.RandomSearch;
using static TorchSharp.torch;

namespace TorchOptimExt.Orleans;

/// <summary>
/// What a search is about: the model, the optimizer that moves it and the objective. Each silo makes its own from the same code.
/// </summary>
/// <param name="Module">The model. Its parameters and buffers are what the coordinator saves and sends.</param>
/// <param name="Optimizer">The search over its parameters, with a seed of its own: the same one in every silo.</param>
/// <param name="Objective">
/// Computes the objective with the perturbed parameters. It runs on one thread at a time, without gradients, in a dispose scope of its own.
/// What is random in it must follow from the perturbation alone, if the cluster is to repeat the serial search bit for bit.
/// What it throws costs its direction only.
/// Buffers of the model stay as they were: an evaluation that changes them does so for itself where <see cref="ARS.Buffers"/> names them.
/// </param>
public sealed record SearchTask(nn.Module Module, ARS Optimizer, Func<Perturbation, double> Objective) : IDisposable
{
    /// <summary>Disposes module and optimizer.</summary>
    public void Dispose()
    {
        Optimizer.Dispose();
        Module.Dispose();
    }
}
