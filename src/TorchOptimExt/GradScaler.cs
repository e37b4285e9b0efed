using TorchOptimExt.LineSearch;
using TorchOptimExt.Precision;
using TorchOptimExt.PyTorch;
using TorchOptimExt.RandomSearch;
using TorchOptimExt.Stepping;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchOptimExt;

/// <summary>
/// Loss scaling with PyTorch's rules, names and defaults (<c>torch.amp.GradScaler</c>): the loss is multiplied by a scale before
/// <c>backward</c>, so that small gradients do not vanish in float16, and the gradients are divided by it before the step. A step whose
/// gradients are not all finite is left out and the scale is lowered; after growth_interval good steps in a row it grows.
/// </summary>
/// <remarks>
/// Works with TorchSharp's optimizers and this library's. With the latter <see cref="step(Optimizer)"/> reads the gradients once to see
/// that they are finite and lets the step's own pass divide them: they stay scaled in memory. After <see cref="unscale_"/> they are divided
/// in memory, as in PyTorch.
/// </remarks>
/// <example>
/// <code>
/// var scaler = new GradScaler();
/// optimizer.zero_grad();
/// scaler.scale(torch.nn.functional.mse_loss(model.forward(x), y)).backward();
/// scaler.step(optimizer);
/// scaler.update();
/// </code>
/// </example>
public sealed class GradScaler
{
    private enum Stage { Ready, Unscaled, Stepped }

    private sealed class Progress
    {
        public Stage Stage { get; set; }
        public bool? Finite { get; set; }
    }

    private readonly Dictionary<Optimizer, Progress> progress = new(ReferenceEqualityComparer.Instance);
    private readonly float initial;
    private readonly bool enabled;
    private float? current;
    private double growthFactor, backoffFactor;
    private int growthInterval, growthTracker;

    /// <summary>Creates a scaler.</summary>
    /// <param name="init_scale">The first scale, &gt; 0.</param>
    /// <param name="growth_factor">What the scale is multiplied by after growth_interval good steps, &gt; 1.</param>
    /// <param name="backoff_factor">What it is multiplied by after a step that was left out, &gt; 0 and &lt; 1.</param>
    /// <param name="growth_interval">How many good steps in a row let it grow.</param>
    /// <param name="enabled">False: <see cref="scale(Tensor)"/> returns the loss, <see cref="step(Optimizer)"/> is the optimizer's, and all
    /// else does nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale or a factor is out of its range.</exception>
    public GradScaler(double init_scale = 65536, double growth_factor = 2, double backoff_factor = 0.5, int growth_interval = 2000,
        bool enabled = true)
    {
        this.enabled = enabled;
        initial = (float)init_scale;
        if (!enabled) return;
        CheckFactor(nameof(init_scale), init_scale);
        if (!(growth_factor > 1))
            throw new ArgumentOutOfRangeException(nameof(growth_factor), growth_factor, "The growth factor must be > 1.0.");
        if (!(backoff_factor is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(backoff_factor), backoff_factor, "The backoff factor must be > 0 and < 1.0.");
        (growthFactor, backoffFactor, growthInterval) = (growth_factor, backoff_factor, growth_interval);
    }

    /// <summary>Multiplies a loss, or an output, by the scale.</summary>
    /// <param name="outputs">The loss, on any device.</param>
    /// <returns>outputs times the scale.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="outputs"/> is null.</exception>
    public Tensor scale(Tensor outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        if (!enabled) return outputs;
        current ??= initial;
        using var factor = tensor(current.Value, device: outputs.device);
        return outputs * factor;
    }

    /// <summary>Multiplies several losses, or outputs, by the scale.</summary>
    /// <param name="outputs">The losses, on any devices.</param>
    /// <returns>Each times the scale, in order.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="outputs"/> or one of them is null.</exception>
    public IReadOnlyList<Tensor> scale(IEnumerable<Tensor> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return [.. outputs.Select(scale)];
    }

    private static void CheckFactor(string name, double value)
    {
        if (!((float)value is > 0 and < float.PositiveInfinity))
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be > 0 and finite in float32.");
    }

    /// <summary>Divides the gradients of an optimizer by the scale, in memory, for example to look at them or to clip them.
    /// <see cref="step(Optimizer)"/> does it where it was not called.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="InvalidOperationException">It was called for this optimizer already since the last <see cref="update"/>, or after
    /// its step, or nothing was scaled; or a gradient is float16.</exception>
    /// <exception cref="NotSupportedException">The optimizer evaluates the loss itself.</exception>
    public void unscale_(Optimizer optimizer)
    {
        var own = Checked(optimizer, nameof(unscale_));
        if (own is null) return;
        if (own.Stage == Stage.Unscaled)
            throw new InvalidOperationException("unscale_() has already been called on this optimizer since the last update().");
        if (own.Stage == Stage.Stepped) throw new InvalidOperationException("unscale_() is being called after step().");
        own.Finite = AmpOperators.Unscale(Gradients.Of(optimizer, refuseHalf: true), Inverse);
        own.Stage = Stage.Unscaled;
    }

    /// <summary>Makes the optimizer's step with unscaled gradients, or leaves it out where they are not all finite.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="InvalidOperationException">It was called for this optimizer already since the last <see cref="update"/>, or nothing
    /// was scaled; or no parameter has a gradient, or one is float16.</exception>
    /// <exception cref="NotSupportedException">The optimizer evaluates the loss itself: line searches, LBFGS and ARS.</exception>
    public void step(Optimizer optimizer) => Step(optimizer, null);

    /// <summary>The same with the gradients clipped: their norm over all groups, unscaled, becomes at most max_norm, in the step's own pass
    /// for this library's optimizers.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="max_norm">The largest Euclidean norm, ≥ 0.</param>
    /// <returns>The norm of the unscaled gradients before they were clipped.</returns>
    /// <exception cref="InvalidOperationException">As for <see cref="step(Optimizer)"/>.</exception>
    /// <exception cref="NotSupportedException">The optimizer evaluates the loss itself.</exception>
    public double step(Optimizer optimizer, double max_norm)
    {
        GradientClipping.Check(max_norm);
        return Step(optimizer, max_norm);
    }

    private double Step(Optimizer optimizer, double? max_norm)
    {
        var own = Checked(optimizer, nameof(step));
        if (own is null)
        {
            if (max_norm is { } limit) return optimizer.clipped_step(limit);
            optimizer.step();
            return double.NaN;
        }
        if (own.Stage == Stage.Stepped) throw new InvalidOperationException("step() has already been called since the last update().");
        return own.Stage == Stage.Ready && optimizer is IFusedOptimizer fused ? StepInOnePass(optimizer, fused, own, max_norm)
            : StepInMemory(optimizer, own, max_norm);
    }

    private double StepInOnePass(Optimizer optimizer, IFusedOptimizer fused, Progress own, double? max_norm)
    {
        var survey = Gradients.Survey(optimizer, refuseHalf: true);
        if (survey.Count == 0) throw NoChecks();
        var norm = Math.Sqrt(survey.SumOfSquares) * Inverse;
        if (survey.Finite) GradientClipping.StepBy(
            optimizer, fused, Inverse * (max_norm is { } limit ? GradientClipping.Coefficient(limit, norm) : 1));
        (own.Finite, own.Stage) = (survey.Finite, Stage.Stepped);
        return norm;
    }

    private double StepInMemory(Optimizer optimizer, Progress own, double? max_norm)
    {
        if (own.Stage == Stage.Ready) unscale_(optimizer);
        if (own.Finite is null) throw NoChecks();
        var norm = own.Finite.Value && max_norm is { } limit ? optimizer.clip_grad_norm_(limit) : double.NaN;
        if (own.Finite.Value) optimizer.step();
        own.Stage = Stage.Stepped;
        return norm;
    }

    private static InvalidOperationException NoChecks() =>
        new("No inf checks were recorded for this optimizer: no parameter has a gradient.");

    /// <summary>Adapts the scale after the steps of an iteration.</summary>
    /// <param name="new_scale">A scale to set instead; null follows the rule.</param>
    /// <exception cref="InvalidOperationException">Nothing was scaled, or no optimizer was unscaled or stepped since the last
    /// update.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The new scale is not positive or not finite.</exception>
    public void update(double? new_scale = null)
    {
        if (!enabled) return;
        CheckScaled(nameof(update));
        if (new_scale is { } given)
        {
            CheckFactor(nameof(new_scale), given);
            current = (float)given;
        }
        else
        {
            var checks = progress.Values.Select(own => own.Finite).OfType<bool>().ToList();
            if (checks.Count == 0) throw new InvalidOperationException("No inf checks were recorded prior to update.");
            Adapt(checks.TrueForAll(finite => finite));
        }
        progress.Clear();
    }

    // As _amp_update_scale_ of libtorch: in float32, and the scale stays where it would become infinite.
    private void Adapt(bool finite)
    {
        if (!finite) (current, growthTracker) = ((float)(current!.Value * backoffFactor), 0);
        else if (++growthTracker == growthInterval)
        {
            var grown = (float)(current!.Value * growthFactor);
            (current, growthTracker) = (float.IsFinite(grown) ? grown : current, 0);
        }
    }

    private float Inverse => (float)(1 / (double)current!.Value) is var inverse && float.IsFinite(inverse) ? inverse
        : throw new InvalidOperationException($"The scale has fallen to {current}: the gradients were not finite in many steps, whatever " +
            "the scale was. Look for what is NaN or infinite in the data or the model, then set a scale with update(new_scale).");

    private Progress? Checked(Optimizer optimizer, string method)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        if (!enabled) return null;
        if (optimizer is LineSearchOptimizer or ARS or TorchSharp.Modules.LBFGS)
            throw new NotSupportedException($"{optimizer.GetType().Name} evaluates the loss itself and compares its values: give it " +
                "the unscaled loss in float32 or bfloat16, without GradScaler.");
        CheckScaled(method);
        if (!progress.TryGetValue(optimizer, out var own)) progress.Add(optimizer, own = new());
        return own;
    }

    private void CheckScaled(string method)
    {
        if (current is null)
            throw new InvalidOperationException($"Attempted {method} but _scale is None. This may indicate your script did not use " +
                "scaler.scale(loss or outputs) earlier in the iteration.");
    }

    /// <summary>The present scale; 1 where the scaler is not enabled.</summary>
    public double get_scale() => enabled ? current ?? initial : 1;

    /// <summary>Whether the scaler is enabled.</summary>
    public bool is_enabled() => enabled;

    /// <summary>What the scale grows by.</summary>
    public double get_growth_factor() => growthFactor;

    /// <summary>Sets what the scale grows by.</summary>
    /// <param name="new_factor">The factor, &gt; 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not positive or not finite.</exception>
    public void set_growth_factor(double new_factor)
    {
        CheckFactor(nameof(new_factor), new_factor);
        growthFactor = new_factor;
    }

    /// <summary>What the scale is lowered by.</summary>
    public double get_backoff_factor() => backoffFactor;

    /// <summary>Sets what the scale is lowered by.</summary>
    /// <param name="new_factor">The factor, &gt; 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not positive or not finite.</exception>
    public void set_backoff_factor(double new_factor)
    {
        CheckFactor(nameof(new_factor), new_factor);
        backoffFactor = new_factor;
    }

    /// <summary>How many good steps in a row let the scale grow.</summary>
    public int get_growth_interval() => growthInterval;

    /// <summary>Sets how many good steps in a row let the scale grow.</summary>
    /// <param name="new_interval">The number.</param>
    public void set_growth_interval(int new_interval) => growthInterval = new_interval;

    /// <summary>The state under PyTorch's names: scale, growth_factor, backoff_factor, growth_interval, _growth_tracker. Empty where the
    /// scaler is not enabled.</summary>
    public Dictionary<string, object> state_dict() => !enabled ? [] : new()
    {
        ["scale"] = get_scale(),
        ["growth_factor"] = growthFactor,
        ["backoff_factor"] = backoffFactor,
        ["growth_interval"] = growthInterval,
        ["_growth_tracker"] = growthTracker,
    };

    /// <summary>Takes over a state, all or nothing; does nothing where the scaler is not enabled.</summary>
    /// <param name="state_dict">What <see cref="state_dict"/> returned, or the values of a checkpoint that hold it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="state_dict"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The state is empty.</exception>
    /// <exception cref="ArgumentException">An entry is missing, or is no number of its range.</exception>
    public void load_state_dict(IReadOnlyDictionary<string, object> state_dict)
    {
        ArgumentNullException.ThrowIfNull(state_dict);
        Load(state_dict.Count, name => state_dict.TryGetValue(name, out var value) ? value : null);
    }

    /// <summary>Takes over a state from a file of PyTorch's, all or nothing: <c>load_state_dict((PyTorchDictionary)values["scaler"])</c>;
    /// does nothing where the scaler is not enabled.</summary>
    /// <param name="state_dict">What Python's <c>scaler.state_dict()</c>, or <see cref="state_dict"/>, was saved as.</param>
    /// <inheritdoc cref="load_state_dict(IReadOnlyDictionary{string, object})"/>
    public void load_state_dict(PyTorchDictionary state_dict)
    {
        ArgumentNullException.ThrowIfNull(state_dict);
        Load(state_dict.Count, state_dict.GetValue);
    }

    private void Load(int count, Func<string, object?> value)
    {
        if (!enabled) return;
        if (count == 0)
            throw new InvalidOperationException(
                "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler.");
        var (scale, growth, backoff) = (Factor("scale"), Factor("growth_factor"), Factor("backoff_factor"));
        var (interval, tracker) = (Whole("growth_interval"), Whole("_growth_tracker"));
        (current, growthFactor, backoffFactor, growthInterval, growthTracker) = ((float)scale, growth, backoff, interval, tracker);

        double Factor(string name) => Number(name) is var number && (float)number is > 0 and < float.PositiveInfinity ? number
            : throw Misfit(name, "a number > 0");
        int Whole(string name) => Number(name) is var number && number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue
            ? (int)number : throw Misfit(name, "a whole number");
        double Number(string name) => value(name) is IConvertible and not (string or bool or char or DateTime) and var number
            ? ((IConvertible)number).ToDouble(null) : throw Misfit(name, "a number");
        ArgumentException Misfit(string name, string expected) => new(value(name) is { } given
            ? $"The state has {given} for '{name}', which should be {expected}." : $"The state has no '{name}'.", "state_dict");
    }
}
