using System.Globalization;
using System.Reflection;
using System.Text;
using TorchOptimExt.LineSearch;
using TorchOptimExt.Parameters;
using TorchOptimExt.RandomSearch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Mpi;

/// <summary>
/// Data-parallel training: each rank has the whole model and computes the gradients of its part of a batch; their means over the ranks make
/// the step, the same on all. With parts of equal size and a loss that is a mean over rows, that is the step of one process with the whole
/// batch.
/// </summary>
/// <remarks>
/// When it is made, all ranks are compared (optimizer, parameters, program), and take the parameters, buffers and optimizer state of rank
/// 0. Schedules and checkpoints belong to <see cref="Optimizer"/>; save on rank 0 and load before this is made, with any number of ranks.
/// <para>Where parts are not of equal size, as at the end of an epoch, a mean of their means is not the mean over rows. Right for all
/// parts, empty ones too, is the sum over the rank's rows times <c>world.Size / ofBatch</c>, see <see cref="ShardSampler"/>.</para>
/// <para>Line searches and Newton's methods: loss, gradient and the Hessian with its products are means over the ranks, so all accept the
/// same step. <see cref="ARS"/>: each rank evaluates its share of the directions. float16 and bfloat16 are summed in float32.</para>
/// </remarks>
public sealed class DataParallel
{
    private readonly World world;
    private readonly Parameter[] parameters;
    private readonly GradientBuckets buckets;

    /// <summary>Makes all ranks start alike.</summary>
    /// <param name="optimizer">The optimizer, of the same class and parameters on each rank.</param>
    /// <param name="world">The ranks.</param>
    /// <param name="buffers">The model's buffers, as <c>module.buffers()</c> gives them; they become those of rank 0.</param>
    /// <exception cref="ArgumentNullException">The optimizer or the world is null.</exception>
    /// <exception cref="NotSupportedException">The optimizer differentiates the loss itself and is none of this library's: its derivatives
    /// cannot be averaged.</exception>
    /// <exception cref="MpiException">Another rank has another program, optimizer or model.</exception>
    public DataParallel(OptimizerHelper optimizer, World world, IEnumerable<Tensor>? buffers = null)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(world);
        if (optimizer is ILossOnlyClosure and not (LineSearchOptimizer or ARS))
            throw new NotSupportedException($"{optimizer.GetType().Name} differentiates the loss itself, and its derivatives cannot be " +
                "averaged over ranks; use one whose closure calls backward(), or a line search of this library.");
        (Optimizer, this.world, parameters, buckets) = (optimizer, world, [.. optimizer.parameters()], new(world));
        Tensor[] others = [.. buffers ?? []];
        Compare("the program", Describe(Assembly.GetEntryAssembly()));
        Compare("the library", Describe(GetType().Assembly));
        Compare("the optimizer", Optimizer.GetType().FullName!);
        Compare("the model", Shapes(others));
        foreach (var tensor in parameters.Concat(others)) TakeFromFirst(tensor);
        TakeStateFromFirst();
    }

    /// <summary>The optimizer that makes the steps.</summary>
    public OptimizerHelper Optimizer { get; }

    /// <summary>Sets the gradients to zero.</summary>
    public void zero_grad() => Optimizer.zero_grad();

    /// <summary>Averages the gradients over the ranks and performs a step.</summary>
    /// <returns>What the optimizer returns.</returns>
    /// <exception cref="MpiException">Another rank does something else.</exception>
    public Tensor? step()
    {
        AverageGradients();
        return Optimizer.step();
    }

    /// <summary>Performs a step with a closure that computes the loss of this rank's part of the data, as <see cref="Optimizer"/> wants
    /// it.</summary>
    /// <param name="closure">Returns the loss; it calls zero_grad() and backward() where the optimizer wants that.</param>
    /// <returns>The loss, its mean over the ranks; the caller owns it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="closure"/> is null.</exception>
    /// <exception cref="MpiException">Another rank does something else.</exception>
    public Tensor? step(Func<Tensor> closure)
    {
        ArgumentNullException.ThrowIfNull(closure);
        return Optimizer switch
        {
            ARS search => tensor(Means(step(search, _ => closure().ToDouble()), search)),
            LineSearchOptimizer search => step(search, closure),
            _ => Optimizer.step(() =>
            {
                var mean = Mean(closure());
                AverageGradients();
                return mean;
            }),
        };
    }

    /// <summary>Performs a step of random search; each rank evaluates its share of the directions.</summary>
    /// <param name="objective">Computes the objective with the perturbed parameters; all that is random in it follows from the perturbation
    /// or torch's generator.</param>
    /// <returns>What the step did.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="objective"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The optimizer is no <see cref="ARS"/>.</exception>
    public ARSReport step(Func<Perturbation, double> objective)
    {
        ArgumentNullException.ThrowIfNull(objective);
        return step(Optimizer as ARS
            ?? throw new InvalidOperationException($"{Optimizer.GetType().Name} has no perturbations; this is for ARS."), objective);
    }

    private ARSReport step(ARS search, Func<Perturbation, double> objective)
    {
        var directions = ((ARS.Options)((TorchSharp.Modules.ParamGroup)search.ParamGroups.First()).Options).n_directions!.Value;
        var values = new double[2 * directions];
        for (var k = world.Rank; k < directions; k += world.Size)
        {
            values[k] = search.Evaluate(new(search.Steps, k, 1), objective);
            values[directions + k] = search.Evaluate(new(search.Steps, k, -1), objective);
        }
        world.Sum(values);
        return search.Update(values.AsSpan(0, directions), values.AsSpan(directions));
    }

    private static double Means(ARSReport report, ARS search) =>
        ((ARS.Options)((TorchSharp.Modules.ParamGroup)search.ParamGroups.First()).Options).maximize!.Value ? report.Mean : -report.Mean;

    private Tensor Mean(Tensor loss) => tensor(world.Sum(loss.ToDouble()) / world.Size, loss.dtype);

    // The optimizer differentiates this rank's loss, whose value is the mean, and takes the means of what it finds.
    private Tensor step(LineSearchOptimizer search, Func<Tensor> closure)
    {
        var before = search.Reduction;
        search.Reduction = buckets.Average;
        try
        {
            return search.step(() =>
            {
                var own = closure();
                var mean = Mean(own);
                return is_grad_enabled() ? mean + (own - own.detach()) : mean;
            });
        }
        finally
        {
            search.Reduction = before;
        }
    }

    // A parameter that has a gradient on one rank has it on all: zero where a rank's part of the data did not need it.
    private void AverageGradients()
    {
        var present = parameters.Select(p => p.grad is null ? 0.0 : 1.0).ToArray();
        world.Agree("averages gradients", present.Length);
        world.Max(present);
        var gradients = new List<Tensor>();
        for (var k = 0; k < parameters.Length; k++)
        {
            if (present[k] == 0) continue;
            if (parameters[k].grad is null) parameters[k].grad = zeros_like(parameters[k].detach());
            gradients.Add(parameters[k].grad!);
        }
        buckets.Average(gradients);
        foreach (var gradient in gradients) gradient.Dispose();
    }

    private static string Describe(Assembly? assembly) =>
        $"{assembly?.GetName().Name} {assembly?.GetName().Version}, build {assembly?.ManifestModule.ModuleVersionId}";

    // The parameters group by group, then the buffers.
    private string Shapes(IEnumerable<Tensor> buffers) => string.Join("; ", Optimizer.ParamGroups.Cast<ParamGroup>()
        .Select(group => Shapes(group.Parameters, "no parameters")).Append(Shapes(buffers, "no buffers")));

    private static string Shapes(IEnumerable<Tensor> tensors, string none) => string.Join(' ', tensors
        .Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.dtype}[{string.Join(',', t.shape)}]")).DefaultIfEmpty(none));

    private void Compare(string what, string mine)
    {
        var first = Encoding.UTF8.GetString(world.Broadcast(Encoding.UTF8.GetBytes(mine)));
        Span<double> differs = [first == mine ? 0 : 1];
        world.Max(differs);
        if (differs[0] == 0) return;
        throw new MpiException((first == mine ? $"Another rank has not {what} of rank 0, {first}"
            : $"Rank {world.Rank} has {what} {mine}, rank 0 {first}") + ": start all ranks with the same program and arguments.");
    }

    private void TakeFromFirst(Tensor tensor)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var copy = tensor.detach().cpu().contiguous().clone();
        if (copy.NumberOfElements > 0) world.BroadcastMemory(TensorMemory.Address(copy), copy.NumberOfElements * copy.ElementSize);
        tensor.copy_(copy);
    }

    private void TakeStateFromFirst()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true)) Optimizer.save_state_dict(writer);
        var first = world.Broadcast(stream.ToArray());
        if (world.Rank == 0) return;
        using var reader = new BinaryReader(new MemoryStream(first));
        Optimizer.load_state_dict(reader);
    }
}
