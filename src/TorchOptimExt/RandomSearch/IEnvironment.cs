namespace TorchOptimExt.RandomSearch;

/// <summary>A task that a policy acts in, step by step, until an episode is over: a simulator, a game, a controlled machine.</summary>
/// <remarks>Each thread of a <see cref="PolicySearch"/> has an environment of its own; one environment is used by one thread at a time.
/// What is random must be drawn from the generator that <see cref="Reset"/> gets: then searches can be repeated bit by bit with any number
/// of threads.</remarks>
public interface IEnvironment
{
    /// <summary>The number of values that an observation has, ≥ 1.</summary>
    int ObservationSize { get; }

    /// <summary>Begins an episode.</summary>
    /// <param name="random">The generator of all that is random in this episode.</param>
    /// <param name="observation">Takes the first observation: <see cref="ObservationSize"/> finite values.</param>
    void Reset(Random random, Span<double> observation);

    /// <summary>Acts once.</summary>
    /// <param name="action">The policy's outputs.</param>
    /// <param name="observation">Takes the next observation: <see cref="ObservationSize"/> finite values.</param>
    /// <returns>The reward of this action, and whether the episode is over.</returns>
    (double reward, bool done) Step(ReadOnlySpan<double> action, Span<double> observation);
}
