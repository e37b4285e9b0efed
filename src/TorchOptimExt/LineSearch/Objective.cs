using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// F = ±f + ½·Σ λ‖θ‖² at the parameters' present values. Every evaluation draws the same random numbers: the state of the
/// CPU's generator is that before the first one; for parameters on CUDA, whose state cannot be read, each begins from one seed. Buffers
/// keep what the first evaluation made of them.
/// </summary>
internal sealed class Objective : IDisposable
{
    private readonly string name;
    private readonly Func<Tensor> closure;
    private readonly IReadOnlyList<ObjectiveTerm> terms;
    private readonly double sign;
    private readonly bool twice;
    private readonly long? seed;
    private readonly Tensor random;
    private bool tried;
    private Tensor? last;       // what the closure returned before

    /// <param name="name">The optimizer's name, for messages.</param>
    /// <param name="closure">Gives f.</param>
    /// <param name="terms">All parameters of the optimizer.</param>
    /// <param name="sign">−1 to maximize f.</param>
    /// <param name="twice">Whether gradients keep their graph, for second derivatives.</param>
    /// <param name="buffers">What trials must not change.</param>
    /// <param name="reduction">What derivatives go through; null for none.</param>
    public Objective(string name, Func<Tensor> closure, IReadOnlyList<ObjectiveTerm> terms, double sign, bool twice, KeptBuffers buffers,
        Action<IReadOnlyList<Tensor>>? reduction = null)
    {
        (this.name, this.closure, this.terms, this.sign, this.twice) = (name, closure, terms, sign, twice);
        (Buffers, Reduction) = (buffers, reduction);
        if (terms.Any(term => term.Parameter.device_type == DeviceType.CUDA)) seed = Draw();
        random = torch.random.get_rng_state().DetachFromDisposeScope();
    }

    public KeptBuffers Buffers { get; }

    /// <summary>What derivatives go through before they are used; null for none.</summary>
    public Action<IReadOnlyList<Tensor>>? Reduction { get; }

    /// <summary>−1 to maximize f.</summary>
    public double Sign => sign;

    /// <summary>How often the closure was called.</summary>
    public int Evaluations { get; private set; }

    /// <summary>How many backward passes there were.</summary>
    public int Gradients { get; private set; }

    /// <summary>The loss with its graph where a step begins, for one backward pass. The parameters' gradients are null then.</summary>
    /// <exception cref="InvalidOperationException">It is no differentiable number, or the closure ran the backward pass.</exception>
    public Tensor Begin()
    {
        Buffers.Check();
        foreach (var term in terms) term.Parameter.grad = null;
        var loss = WithGraph();
        Buffers.Keep();
        return loss;
    }

    /// <summary>The loss after the parameters were moved, with its graph, and what the evaluation made of the buffers; the caller disposes
    /// them. What else the closure makes is disposed.</summary>
    public Tensor Again(out Tensor[] buffers)
    {
        using var scope = NewDisposeScope();
        torch.random.set_rng_state(random);
        try
        {
            var loss = WithGraph();
            buffers = Buffers.Copies();
            return loss.DetachFromDisposeScope();
        }
        finally
        {
            Buffers.Return();
        }
    }

    /// <summary>F after the parameters were moved, without gradients. What the closure makes is disposed.</summary>
    public double ValueAgain()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        torch.random.set_rng_state(random);
        try
        {
            return Value(Number(Evaluate()));
        }
        finally
        {
            Buffers.Return();
        }
    }

    /// <summary>F from f.</summary>
    public double Value(Tensor loss)
    {
        using var scope = NewDisposeScope();
        return sign * loss.ToDouble() + terms.Sum(term => term.Decay());
    }

    /// <summary>The gradients of F where the loss was computed; of the parameters on which it depends and that take part. They belong to
    /// the open dispose scope.</summary>
    /// <exception cref="InvalidOperationException">The loss cannot be differentiated, or a gradient does not fit.</exception>
    public IReadOnlyList<Leg> Differentiate(Tensor loss)
    {
        var asked = terms.Where(term => term.TakesPart).ToList();
        if (asked.Count == 0) return [];
        Gradients++;
        var found = Grad(loss, [.. asked.Select(term => term.Parameter)]);
        if (Reduction is not null) found = [.. found.Select((gradient, k) => gradient ?? zeros_like(asked[k].Parameter.detach()))];
        var there = asked.Zip(found).Where(pair => pair.Second is { IsInvalid: false }).ToList();
        if (there.Count == 0) throw Wrong("the loss depends on none of the parameters that can move");
        foreach (var (term, gradient) in there) term.Check(term.Parameter, gradient!);
        var plain = there.ConvertAll(pair => Reduction is null ? pair.Second!.detach() : pair.Second!.detach().clone());
        Reduction?.Invoke(plain);
        return [.. there.Select((pair, k) => pair.First.Leg(pair.Second!, plain[k], sign))];
    }

    public void Dispose()
    {
        random.Dispose();
        Buffers.Dispose();
    }

    internal InvalidOperationException Wrong(string what) => new($"{name}: {what}.");

    // By backward(), whose errors are reported: those of grad(), as where the graph was used before, end the process. But backward()
    // warns on the standard error where gradients keep their graph; there it only tries the step's first loss, and grad() does the rest.
    private List<Tensor?> Grad(Tensor loss, Parameter[] parameters)
    {
        foreach (var parameter in parameters) parameter.grad = null;
        try
        {
            if (!tried || !twice) autograd.backward([loss], null, retain_graph: twice, create_graph: false, [.. parameters]);
            tried = true;
            return twice ? [.. autograd.grad([loss], parameters, retain_graph: true, create_graph: true, allow_unused: true)]
                : [.. parameters.Select(parameter => parameter.grad)];
        }
        catch (ExternalException e)
        {
            throw new InvalidOperationException(
                $"{name}: the loss cannot be differentiated; the closure must compute it anew at each call, "
                + $"and must not call backward() itself. {e.Message}", e);
        }
        finally
        {
            foreach (var parameter in parameters) parameter.grad = null;
        }
    }

    private Tensor WithGraph()
    {
        using var on = enable_grad();
        var loss = Number(Evaluate());
        foreach (var term in terms)
        {
            using var grad = term.Parameter.grad;
            if (grad is not null)
                throw Wrong("the closure called backward(); it must only compute and return the loss, the optimizer differentiates it");
        }
        if (!loss.requires_grad)
            throw Wrong("the loss does not require gradients; the closure must compute it from the parameters with gradients on, " +
                "without detach(), item() or no_grad()");
        return loss;
    }

    private Tensor Evaluate()
    {
        if (seed is { } value) cuda.manual_seed_all(value);
        Evaluations++;
        var loss = closure();
        if (loss is not null && ReferenceEquals(loss, last))
            throw Wrong("the closure returned the same tensor again; it must compute the loss from the parameters at each call");
        return last = loss!;
    }

    private static long Draw()
    {
        using var uniform = rand(1, dtype: ScalarType.Float64);
        return (long)Math.ScaleB(uniform.item<double>(), 53);
    }

    private Tensor Number(Tensor loss) => loss is not null && loss.NumberOfElements == 1 && loss.is_floating_point() ? loss
        : throw Wrong("the closure must return the loss, a floating-point tensor of one element");
}
