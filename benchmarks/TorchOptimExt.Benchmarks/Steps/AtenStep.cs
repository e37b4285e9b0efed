using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>
/// One step of ATen's fused kernels, or of those that take lists of tensors, which TorchSharp does not call: through a script, with the gradients fetched
/// from the parameters in every step, as an optimizer must. With PyTorch's defaults where the script says nothing else.
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
        def adadelta(p: List[Tensor], g: List[Tensor], squares: List[Tensor], changes: List[Tensor]):
            torch._foreach_mul_(squares, 0.9)
            torch._foreach_addcmul_(squares, g, g, 0.1)
            scale = torch._foreach_add(squares, 1e-6)
            torch._foreach_sqrt_(scale)
            change = torch._foreach_add(changes, 1e-6)
            torch._foreach_sqrt_(change)
            torch._foreach_div_(change, scale)
            torch._foreach_mul_(change, g)
            torch._foreach_mul_(changes, 0.9)
            torch._foreach_addcmul_(changes, change, change, 0.1)
            torch._foreach_add_(p, change, alpha=-1.0)
            return p[0]
        def rmsprop(p: List[Tensor], g: List[Tensor], squares: List[Tensor]):
            torch._foreach_mul_(squares, 0.99)
            torch._foreach_addcmul_(squares, g, g, 0.01)
            scale = torch._foreach_sqrt(squares)
            torch._foreach_add_(scale, 1e-8)
            torch._foreach_addcdiv_(p, g, scale, -0.01)
            return p[0]
        def rprop(p: List[Tensor], g: List[Tensor], before: List[Tensor], steps: List[Tensor]):
            for i in range(len(p)):
                same = g[i] * before[i]
                steps[i].mul_(torch.where(same > 0, 1.2, torch.where(same < 0, 0.5, 1.0))).clamp_(1e-6, 50.0)
                turned = torch.where(same < 0, torch.zeros_like(g[i]), g[i])
                p[i].addcmul_(torch.sign(turned), steps[i], value=-1.0)
                before[i].copy_(turned)
            return p[0]

        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script));

    private readonly string kernel;
    private readonly Parameter[] parameters;
    private readonly Tensor[][] state;

    /// <param name="kernel">The function of the script.</param>
    /// <param name="parameters">What it steps, with gradients.</param>
    public AtenStep(string kernel, Parameter[] parameters)
    {
        (this.kernel, this.parameters) = (kernel, parameters);
        Tensor[] Zeros() => [.. parameters.Select(p => p.detach().zeros_like().DetachFromDisposeScope())];
        Tensor[] Steps() => [.. parameters.Select(p => zeros([], device: p.device).DetachFromDisposeScope())];
        state = kernel switch
        {
            "sgd" or "rmsprop" => [Zeros()],
            "adadelta" => [Zeros(), Zeros()],
            "rprop" => [Zeros(), [.. parameters.Select(p => p.detach().full_like(0.01).DetachFromDisposeScope())]],
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
