using TorchOptimExt.Parameters;
using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>A copy of the policy with an environment of its own: what one thread needs to run episodes.</summary>
internal sealed class PolicyReplica : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> policy;
    private readonly IEnvironment environment;
    private readonly int longest;
    private readonly ScalarType dtype;
    private readonly double[] observation;
    private readonly Tensor input;
    private double[] action = [];

    public PolicyReplica(nn.Module<Tensor, Tensor> policy, IEnvironment environment, int longest)
    {
        (this.policy, this.environment, this.longest) = (policy, environment, longest);
        dtype = policy.parameters().FirstOrDefault()?.dtype
            ?? throw new ArgumentException("The policy has no parameters.", nameof(policy));
        if (environment.ObservationSize < 1)
            throw new ArgumentException($"The environment's ObservationSize is {environment.ObservationSize}; it must be at least 1.",
                nameof(environment));
        observation = new double[environment.ObservationSize];
        input = zeros(observation.Length, ScalarType.Float64).DetachFromDisposeScope();
    }

    public nn.Module<Tensor, Tensor> Policy => policy;

    public int ObservationSize => observation.Length;

    /// <summary>The environment is disposed where it can be.</summary>
    public void Dispose()
    {
        policy.Dispose();
        input.Dispose();
        (environment as IDisposable)?.Dispose();
    }

    /// <summary>Runs an episode.</summary>
    /// <param name="random">The episode's generator.</param>
    /// <param name="scale">How observations are normalized.</param>
    /// <param name="seen">Takes the observations; null records none.</param>
    /// <param name="cancellation">Looked at before each action.</param>
    /// <returns>The sum of the rewards.</returns>
    public double Run(Random random, ObservationScale scale, Moments? seen, CancellationToken cancellation)
    {
        using var quiet = no_grad();
        environment.Reset(random, observation);
        var sum = 0.0;
        for (var time = 0; time < longest; time++)
        {
            cancellation.ThrowIfCancellationRequested();
            Check();
            seen?.Add(observation);
            Act(observation, scale);
            var (reward, done) = environment.Step(action, observation);
            sum += reward;
            if (done) break;
        }
        return sum;
    }

    /// <summary>The policy's outputs for an observation, valid until the next call.</summary>
    public unsafe double[] Act(ReadOnlySpan<double> seen, ObservationScale scale)
    {
        using var scope = NewDisposeScope();
        scale.Apply(seen, new((void*)TensorMemory.Address(input), observation.Length));     // no new tensor for each of many actions
        var outputs = policy.forward(dtype == ScalarType.Float64 ? input : input.to(dtype));
        if (outputs.dtype != ScalarType.Float64 || !outputs.is_contiguous()) outputs = outputs.to(ScalarType.Float64).contiguous();
        if (action.Length != outputs.NumberOfElements) action = new double[outputs.NumberOfElements];
        new Span<double>((void*)TensorMemory.Address(outputs), action.Length).CopyTo(action);
        return action;
    }

    private void Check()
    {
        foreach (var value in observation)
            if (!double.IsFinite(value))
                throw new InvalidOperationException($"{environment.GetType().Name} gave an observation that is not finite: " +
                    $"[{string.Join(", ", observation)}].");
    }
}
