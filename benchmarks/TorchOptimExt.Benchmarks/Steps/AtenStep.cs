using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>
/// One step of ATen's fused CPU kernels, which TorchSharp does not call: through a script, with the gradients fetched from the parameters in every step,
/// as an optimizer must. Created with zero state.
/// </summary>
internal sealed class AtenStep : IDisposable
{
    // The compiler of scripts wants the last line to end.
    private const string Script = """
        def sgd(p: List[Tensor], g: List[Tensor], buffers: List[Tensor]):
            torch._fused_sgd_(p, g, buffers, weight_decay=0.0, momentum=0.9, lr=0.01, dampening=0.0, nesterov=False, maximize=False, is_first_step=False)
            return p[0]
        def adam(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], none: List[Tensor], steps: List[Tensor]):
            torch._foreach_add_(steps, 1)
            torch._fused_adam_(p, g, m, v, none, steps, lr=0.001, beta1=0.9, beta2=0.999, weight_decay=0.0, eps=1e-8, amsgrad=False, maximize=False)
            return p[0]
        def adamw(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], none: List[Tensor], steps: List[Tensor]):
            torch._foreach_add_(steps, 1)
            torch._fused_adamw_(p, g, m, v, none, steps, lr=0.001, beta1=0.9, beta2=0.999, weight_decay=0.01, eps=1e-8, amsgrad=False, maximize=False)
            return p[0]
        def adagrad(p: List[Tensor], g: List[Tensor], sums: List[Tensor], steps: List[Tensor]):
            torch._foreach_add_(steps, 1)
            torch._fused_adagrad_(p, g, sums, steps, lr=0.01, lr_decay=0.0, weight_decay=0.0, eps=1e-10, maximize=False)
            return p[0]

        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script));

    private readonly string kernel;
    private readonly Parameter[] parameters;
    private readonly Tensor[][] state;

    /// <param name="kernel">sgd, adam, adamw or adagrad.</param>
    /// <param name="parameters">What it steps, with gradients.</param>
    public AtenStep(string kernel, Parameter[] parameters)
    {
        (this.kernel, this.parameters) = (kernel, parameters);
        Tensor[] Zeros() => [.. parameters.Select(p => p.detach().zeros_like().DetachFromDisposeScope())];
        Tensor[] Steps() => [.. parameters.Select(_ => zeros([]).DetachFromDisposeScope())];
        state = kernel switch
        {
            "sgd" => [Zeros()],
            "adagrad" => [Zeros(), Steps()],
            _ => [Zeros(), Zeros(), [], Steps()],
        };
    }

    public void Step()
    {
        using var quiet = no_grad();
        var gradients = new Tensor[parameters.Length];
        for (var i = 0; i < gradients.Length; i++) gradients[i] = parameters[i].grad!;
        using var first = (Tensor)Compiled.Value.invoke(kernel, [parameters.Cast<Tensor>().ToArray(), gradients, .. state]);
        foreach (var gradient in gradients) gradient.Dispose();
    }

    public void Dispose()
    {
        foreach (var tensor in state.SelectMany(tensors => tensors)) tensor.Dispose();
    }
}
