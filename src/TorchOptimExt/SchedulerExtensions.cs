using TorchOptimExt.Parameters;
using TorchOptimExt.Schedules;
using TorchSharp;
using static TorchSharp.torch.optim;
using static TorchSharp.torch.optim.lr_scheduler;
using AnnealStrategy = TorchSharp.torch.optim.lr_scheduler.impl.OneCycleLR.AnnealStrategy;

namespace TorchOptimExt;

/// <summary>
/// Learning-rate decays that TorchSharp lacks, reachable where it has its own:
/// <c>torch.optim.lr_scheduler.InverseTimeDecay(optimizer, 0.1)</c>.
/// </summary>
/// <remarks>
/// <para>t is the number of calls of <c>step()</c> so far, whether a call is made after an epoch or after a batch, and α₀ the
/// rate that a group has when the schedule is made. Each group decays from its own α₀.</para>
/// <para>A step scales the rate that a group has by factor(t) / factor(t − 1). So a rate that was set by hand, or by another
/// schedule of a <c>ChainedLR</c>, stays and decays from there, and a group that was added later decays from its own rate.
/// Where factor(t − 1) is 0, such a rate counts as α₀. In a <c>SequentialLR</c> each part begins with the groups' initial rates.</para>
/// <para>No rate falls below <c>min_lr</c>, and none that is lower already is raised: a group with the rate 0 stays frozen.</para>
/// <para><c>step(k)</c> goes to t = k at once. A schedule that is made with <c>last_epoch</c> = k − 1 begins at t = k; where a
/// group's rate is not its initial one by then, it is taken for that of t = k − 1, as in a training that is resumed.
/// A <see cref="Checkpoint"/> needs no <c>last_epoch</c>.</para>
/// <para>With <c>warmup_steps</c> = n the rates of the first n steps rise linearly, α₀/(n + 1), 2α₀/(n + 1), …, and t counts from
/// the end of the rise; the floor holds there, too.</para>
/// <para>A step that would make a rate infinite (a finite one, set by hand, times a large factor of a table) is an
/// <see cref="InvalidOperationException"/> and changes nothing.</para>
/// <para>F# and C# before 14 have no extension members: call <c>SchedulerExtensions.InverseTimeDecay(...)</c> there.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.SGD(model.parameters(), 0.1);
/// var schedule = torch.optim.lr_scheduler.InverseTimeDecay(optimizer, decay_rate: 0.1, min_lr: 1e-4);
/// for (var epoch = 0; epoch &lt; 100; epoch++)
/// {
///     optimizer.zero_grad();
///     torch.nn.functional.mse_loss(model.forward(x), y).backward();
///     optimizer.step();
///     schedule.step();
/// }
/// </code>
/// </example>
public static class SchedulerExtensions
{
    private static readonly Hyperparameter Rate = Hyperparameter.NonNegative("decay_rate");
    private static readonly Hyperparameter Floor = Hyperparameter.NonNegative("min_lr");
    private static readonly Hyperparameter CosineFloor = Hyperparameter.NonNegative("eta_min");
    private static readonly Hyperparameter Gamma = new("gamma", static x => x is > 0 and <= 1, "greater than 0 and at most 1");
    private static readonly Hyperparameter K = Hyperparameter.Positive("k");
    private static readonly Hyperparameter StepSize = Hyperparameter.Whole("step_size", 1);
    private static readonly Hyperparameter Period = Hyperparameter.Whole("T_0", 1), Growth = Hyperparameter.Whole("T_mult", 1);
    private static readonly Hyperparameter AveragingRate = Hyperparameter.NonNegative("swa_lr");
    private static readonly Hyperparameter AnnealEpochs = Hyperparameter.Whole("anneal_epochs", 0);
    private static readonly Hyperparameter Warmup = Hyperparameter.Whole("warmup_steps", 0);
    private static readonly Hyperparameter Last =
        new("last_epoch", static x => x is >= -1 and < int.MaxValue, "at least -1 and below 2147483647");

    extension(torch.optim.lr_scheduler)
    {
        /// <summary>Inverse time decay: α(t) = max(α₀ / (1 + decay_rate · t), min_lr).</summary>
        /// <param name="optimizer">The optimizer whose groups decay.</param>
        /// <param name="decay_rate">How much the denominator grows in one step, ≥ 0; the rate is halved after 1 / decay_rate steps.</param>
        /// <param name="min_lr">The floor of the learning rate, finite and ≥ 0.</param>
        /// <param name="warmup_steps">The number of steps of a linear rise before the decay, ≥ 0.</param>
        /// <param name="last_epoch">The t before the first one, ≥ −1; −1 begins at t = 0, k − 1 at t = k.</param>
        /// <param name="verbose">Whether to print each change of a learning rate.</param>
        /// <returns>The schedule, which has set the learning rates of its first t already.</returns>
        /// <exception cref="ArgumentOutOfRangeException">A number is out of its range; NaN and infinity always are.</exception>
        /// <exception cref="ArgumentException">The optimizer has no parameter groups.</exception>
        /// <exception cref="ArgumentNullException"><paramref name="optimizer"/> is null.</exception>
        /// <remarks>For long trainings with noisy gradients: the sum of the rates diverges and that of their squares does not
        /// (Robbins and Monro, "A Stochastic Approximation Method", 1951). Common course material prints a minus sign in the
        /// denominator; that has a pole.</remarks>
        public static LRScheduler InverseTimeDecay(
            Optimizer optimizer, double decay_rate, double min_lr = 0,
            int warmup_steps = 0, int last_epoch = -1, bool verbose = false)
        {
            Rate.Check(decay_rate);
            Floor.Check(min_lr);
            Curve curve = new(nameof(InverseTimeDecay), t => 1 / (1 + decay_rate * t), min_lr);
            return Make(optimizer, curve, warmup_steps, last_epoch, verbose);
        }

        /// <summary>Exponential decay with a floor: α(t) = max(α₀ · gammaᵗ, min_lr).</summary>
        /// <param name="optimizer">The optimizer whose groups decay.</param>
        /// <param name="gamma">The factor of one step, 0 &lt; gamma ≤ 1; 0.95 and 0.98 are common for a step per epoch.</param>
        /// <param name="min_lr">The floor of the learning rate, finite and ≥ 0.</param>
        /// <param name="warmup_steps">The number of steps of a linear rise before the decay, ≥ 0.</param>
        /// <param name="last_epoch">The t before the first one, ≥ −1; −1 begins at t = 0, k − 1 at t = k.</param>
        /// <param name="verbose">Whether to print each change of a learning rate.</param>
        /// <returns>The schedule, which has set the learning rates of its first t already.</returns>
        /// <exception cref="ArgumentOutOfRangeException">A number is out of its range; NaN and infinity always are.</exception>
        /// <exception cref="ArgumentException">The optimizer has no parameter groups.</exception>
        /// <exception cref="ArgumentNullException"><paramref name="optimizer"/> is null.</exception>
        /// <remarks>TorchSharp's and PyTorch's <c>ExponentialLR</c> with a floor.</remarks>
        public static LRScheduler ExponentialDecay(
            Optimizer optimizer, double gamma = 0.95, double min_lr = 0,
            int warmup_steps = 0, int last_epoch = -1, bool verbose = false)
        {
            Gamma.Check(gamma);
            Floor.Check(min_lr);
            Curve curve = new(nameof(ExponentialDecay), t => Math.Pow(gamma, t), min_lr);
            return Make(optimizer, curve, warmup_steps, last_epoch, verbose);
        }

        /// <summary>Inverse square root decay: α(t) = max(α₀ · k / √max(t, 1), min_lr).</summary>
        /// <param name="optimizer">The optimizer whose groups decay.</param>
        /// <param name="k">The factor at t = 0 and t = 1, &gt; 0; k times the rate of a group must be finite.</param>
        /// <param name="min_lr">The floor of the learning rate, finite and ≥ 0.</param>
        /// <param name="warmup_steps">The number of steps of a linear rise before the decay, ≥ 0.</param>
        /// <param name="last_epoch">The t before the first one, ≥ −1; −1 begins at t = 0, k − 1 at t = k.</param>
        /// <param name="verbose">Whether to print each change of a learning rate.</param>
        /// <returns>The schedule, which has set the learning rates of its first t already.</returns>
        /// <exception cref="ArgumentOutOfRangeException">A number is out of its range; NaN and infinity always are.</exception>
        /// <exception cref="ArgumentException">The optimizer has no parameter groups.</exception>
        /// <exception cref="ArgumentNullException"><paramref name="optimizer"/> is null.</exception>
        /// <remarks>Source: M. Zinkevich, "Online Convex Programming and Generalized Infinitesimal Gradient Ascent", 2003, theorem 1
        /// (η = t^−½).</remarks>
        public static LRScheduler InverseSquareRootDecay(
            Optimizer optimizer, double k = 1, double min_lr = 0,
            int warmup_steps = 0, int last_epoch = -1, bool verbose = false)
        {
            K.Check(k);
            Floor.Check(min_lr);
            CheckLargest(optimizer, k, nameof(k));
            Curve curve = new(nameof(InverseSquareRootDecay), t => k / Math.Sqrt(Math.Max(t, 1)), min_lr);
            return Make(optimizer, curve, warmup_steps, last_epoch, verbose);
        }

        /// <summary>Staircase decay with a floor: α(t) = max(α₀ · gamma^⌊t / step_size⌋, min_lr).</summary>
        /// <param name="optimizer">The optimizer whose groups decay.</param>
        /// <param name="step_size">The number of steps between two changes, ≥ 1.</param>
        /// <param name="gamma">The factor of each change, 0 &lt; gamma ≤ 1.</param>
        /// <param name="min_lr">The floor of the learning rate, finite and ≥ 0.</param>
        /// <param name="warmup_steps">The number of steps of a linear rise before the decay, ≥ 0.</param>
        /// <param name="last_epoch">The t before the first one, ≥ −1; −1 begins at t = 0, k − 1 at t = k.</param>
        /// <param name="verbose">Whether to print each change of a learning rate.</param>
        /// <returns>The schedule, which has set the learning rates of its first t already.</returns>
        /// <exception cref="ArgumentOutOfRangeException">A number is out of its range; NaN and infinity always are.</exception>
        /// <exception cref="ArgumentException">The optimizer has no parameter groups.</exception>
        /// <exception cref="ArgumentNullException"><paramref name="optimizer"/> is null.</exception>
        /// <remarks>TorchSharp's and PyTorch's <c>StepLR</c> with a floor.</remarks>
        public static LRScheduler StaircaseDecay(
            Optimizer optimizer, int step_size, double gamma = 0.1, double min_lr = 0,
            int warmup_steps = 0, int last_epoch = -1, bool verbose = false)
        {
            StepSize.Check(step_size);
            Gamma.Check(gamma);
            Floor.Check(min_lr);
            Curve curve = new(nameof(StaircaseDecay), t => Math.Pow(gamma, t / step_size), min_lr);
            return Make(optimizer, curve, warmup_steps, last_epoch, verbose);
        }

        /// <summary>Decay by a table: α(t) = max(α₀ · factor, min_lr), the factor being that of the last row with epoch ≤ t, and 1
        /// before the first row.</summary>
        /// <param name="optimizer">The optimizer whose groups decay.</param>
        /// <param name="table">At least one row; from t = epoch on, α₀ is multiplied by factor. Epochs ≥ 0, each greater than the one
        /// before; factors finite and ≥ 0, and so that the rate of no group becomes infinite.</param>
        /// <param name="min_lr">The floor of the learning rate, finite and ≥ 0.</param>
        /// <param name="warmup_steps">The number of steps of a linear rise before the decay, ≥ 0.</param>
        /// <param name="last_epoch">The t before the first one, ≥ −1; −1 begins at t = 0, k − 1 at t = k.</param>
        /// <param name="verbose">Whether to print each change of a learning rate.</param>
        /// <returns>The schedule, which has set the learning rates of its first t already.</returns>
        /// <exception cref="ArgumentOutOfRangeException">A number is out of its range; NaN and infinity always are.</exception>
        /// <exception cref="ArgumentException">The table is empty, or the optimizer has no parameter groups.</exception>
        /// <exception cref="ArgumentNullException"><paramref name="optimizer"/> or <paramref name="table"/> is null.</exception>
        /// <remarks>PyTorch's <c>MultiStepLR</c> with any factors: <c>TableDecay(optimizer, [(30, 0.1), (60, 0.01)])</c>.</remarks>
        public static LRScheduler TableDecay(
            Optimizer optimizer, IEnumerable<(int epoch, double factor)> table, double min_lr = 0,
            int warmup_steps = 0, int last_epoch = -1, bool verbose = false)
        {
            ArgumentNullException.ThrowIfNull(table);
            var rows = table.ToArray();
            CheckTable(rows);
            Floor.Check(min_lr);
            CheckLargest(optimizer, rows.Max(row => row.factor), nameof(table));
            Curve curve = new(nameof(TableDecay), t => rows.LastOrDefault(row => row.epoch <= t, (0, 1)).factor, min_lr);
            return Make(optimizer, curve, warmup_steps, last_epoch, verbose);
        }

        /// <summary>Cosine annealing with warm restarts: within a cycle of T steps, τ steps after its start,
        /// α = eta_min + (α₀ − eta_min) · (1 + cos(π τ / T)) / 2. The first cycle has T_0 steps, each next one T_mult times
        /// as many.</summary>
        /// <param name="optimizer">The optimizer whose groups decay.</param>
        /// <param name="T_0">The length of the first cycle in steps, ≥ 1.</param>
        /// <param name="T_mult">How many times as long as a cycle the next one is, ≥ 1.</param>
        /// <param name="eta_min">The floor of the learning rate, finite and ≥ 0.</param>
        /// <param name="warmup_steps">The number of steps of a linear rise before the decay, ≥ 0.</param>
        /// <param name="last_epoch">The t before the first one, ≥ −1; −1 begins at t = 0, k − 1 at t = k.</param>
        /// <param name="verbose">Whether to print each change of a learning rate.</param>
        /// <returns>The schedule, which has set the learning rates of its first t already.</returns>
        /// <exception cref="ArgumentOutOfRangeException">A number is out of its range; NaN and infinity always are.</exception>
        /// <exception cref="ArgumentException">The optimizer has no parameter groups.</exception>
        /// <exception cref="ArgumentNullException"><paramref name="optimizer"/> is null.</exception>
        /// <remarks>What is scaled is the rate above eta_min. Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with
        /// Warm Restarts", 2017, equation 5. Names and defaults are PyTorch's.</remarks>
        public static LRScheduler CosineAnnealingWarmRestarts(
            Optimizer optimizer, int T_0, int T_mult = 1, double eta_min = 0,
            int warmup_steps = 0, int last_epoch = -1, bool verbose = false)
        {
            Period.Check(T_0);
            Growth.Check(T_mult);
            CosineFloor.Check(eta_min);
            Curve curve = new(nameof(CosineAnnealingWarmRestarts), t => Annealed(Phase(t, T_0, T_mult)), eta_min, FromFloor: true);
            return Make(optimizer, curve, warmup_steps, last_epoch, verbose);
        }

        /// <summary>The rate of stochastic weight averaging: from the rate that a group has to swa_lr, and constant from then on:
        /// α(t) = swa_lr + (α₀ − swa_lr) · (1 + cos(π p)) / 2, or with the linear strategy swa_lr + (α₀ − swa_lr) · (1 − p),
        /// p = min(t / anneal_epochs, 1).</summary>
        /// <param name="optimizer">The optimizer whose groups go to swa_lr; lower rates rise to it.</param>
        /// <param name="swa_lr">The last rate, finite and ≥ 0.</param>
        /// <param name="anneal_epochs">The number of steps on the way, ≥ 0; 0 sets swa_lr at once.</param>
        /// <param name="anneal_strategy">The way: along a cosine, or linear.</param>
        /// <param name="last_epoch">The t before the first one, ≥ −1; −1 begins at t = 0, k − 1 at t = k.</param>
        /// <param name="verbose">Whether to print each change of a learning rate.</param>
        /// <returns>The schedule. Step it instead of the training's own schedule once <see cref="AveragedModel"/> takes averages: it
        /// begins from the rate that the groups have at its first step.</returns>
        /// <exception cref="ArgumentOutOfRangeException">A number is out of its range; NaN and infinity always are.</exception>
        /// <exception cref="ArgumentException">The optimizer has no parameter groups.</exception>
        /// <exception cref="ArgumentNullException"><paramref name="optimizer"/> is null.</exception>
        /// <remarks>PyTorch's <c>torch.optim.swa_utils.SWALR</c>. Source: P. Izmailov et al., "Averaging Weights Leads to Wider Optima and
        /// Better Generalization", UAI 2018, section 3.</remarks>
        public static LRScheduler SWALR(
            Optimizer optimizer, double swa_lr, int anneal_epochs = 10,
            AnnealStrategy anneal_strategy = AnnealStrategy.Cos, int last_epoch = -1, bool verbose = false) =>
            SWALR(optimizer, [swa_lr], anneal_epochs, anneal_strategy, last_epoch, verbose);

        /// <summary>The rates of stochastic weight averaging, one for each group.</summary>
        /// <param name="swa_lr">One rate for each group of the optimizer, or one for all; each finite and ≥ 0. A group that is added later
        /// keeps its rate where there is one for each.</param>
        /// <exception cref="ArgumentException">The number of rates is not that of the groups.</exception>
        /// <inheritdoc cref="SWALR(Optimizer, double, int, AnnealStrategy, int, bool)"/>
        public static LRScheduler SWALR(
            Optimizer optimizer, IEnumerable<double> swa_lr, int anneal_epochs = 10,
            AnnealStrategy anneal_strategy = AnnealStrategy.Cos, int last_epoch = -1, bool verbose = false)
        {
            ArgumentNullException.ThrowIfNull(swa_lr);
            CheckGroups(optimizer);
            double[] targets = [.. swa_lr];
            if (targets.Length != 1 && targets.Length != optimizer.ParamGroups.Count())
                throw new ArgumentException(
                    $"swa_lr has {targets.Length} rates for {optimizer.ParamGroups.Count()} groups: give one, or one for each group.",
                    nameof(swa_lr));
            foreach (var target in targets) AveragingRate.Check(target);
            AnnealEpochs.Check(anneal_epochs);
            if (!Enum.IsDefined(anneal_strategy))
                throw new ArgumentOutOfRangeException(nameof(anneal_strategy), anneal_strategy,
                    $"anneal_strategy is {anneal_strategy}; it must be Cos or Linear.");
            double Left(int t) => anneal_epochs == 0 ? 0 : 1 - Math.Min(t / (double)anneal_epochs, 1);
            TargetCurve curve = new(nameof(SWALR),
                anneal_strategy == AnnealStrategy.Linear ? Left : t => Annealed(1 - Left(t)), targets);
            return Make(optimizer, curve, warmup_steps: 0, last_epoch, verbose);
        }
    }

    private static Decay Make(Optimizer optimizer, Curve curve, int warmup_steps, int last_epoch, bool verbose)
    {
        Warmup.Check(warmup_steps);
        Last.Check(last_epoch);
        CheckGroups(optimizer);
        return new(optimizer, curve.After(warmup_steps), last_epoch, verbose, new Clock());
    }

    private static void CheckGroups(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        if (optimizer.ParamGroups?.Any() is not true)
            throw new ArgumentException("The optimizer has no parameter groups: add one before its schedule.", nameof(optimizer));
    }

    private static void CheckLargest(Optimizer optimizer, double factor, string name)
    {
        CheckGroups(optimizer);
        foreach (var group in optimizer.ParamGroups)
            if (double.IsFinite(group.LearningRate) && !double.IsFinite(group.LearningRate * factor))
                throw new ArgumentOutOfRangeException(name, factor, FormattableString.Invariant(
                    $"The factor {factor} of {name} makes a group's learning rate of {group.LearningRate} infinite; it must be smaller."));
    }

    private static void CheckTable((int epoch, double factor)[] rows)
    {
        if (rows.Length == 0) throw new ArgumentException("The table has no rows.", "table");
        for (var k = 0; k < rows.Length; k++)
        {
            var ((epoch, factor), least) = (rows[k], k == 0 ? 0 : rows[k - 1].epoch + 1L);
            if (epoch < least)
                throw new ArgumentOutOfRangeException("table", epoch,
                    $"The epoch of row {k} of the table is {epoch}; it must be at least {least}: epochs rise from row to row.");
            if (!(factor >= 0 && double.IsFinite(factor)))
                throw new ArgumentOutOfRangeException("table", factor,
                    FormattableString.Invariant($"The factor of row {k} of the table is {factor}; it must be finite and not negative."));
        }
    }

    // τ / T: which part of its cycle has passed at t.
    private static double Phase(int t, int first, int growth)
    {
        if (growth == 1) return t % first / (double)first;
        var (passed, length) = ((long)t, (long)first);
        while (passed >= length)
        {
            passed -= length;
            length *= growth;
        }
        return passed / (double)length;
    }

    private static double Annealed(double phase) => (1 + Math.Cos(Math.PI * phase)) / 2;
}
