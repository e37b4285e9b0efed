#nullable disable   // as annotated in the real one: not at all

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static LRScheduler OneCycleLR(Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3, impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85, double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false) =>
                new impl.OneCycleLR(optimizer, max_lr, total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum, base_momentum, max_momentum, div_factor, final_div_factor, three_phase, last_epoch, verbose);

            public static LRScheduler OneCycleLR(Optimizer optimizer, IEnumerable<double> max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3, impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos, bool cycle_momentum = true, IEnumerable<double> base_momentum = null, IEnumerable<double> max_momentum = null, double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false) =>
                new impl.OneCycleLR(optimizer, max_lr, total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum, base_momentum, max_momentum, div_factor, final_div_factor, three_phase, last_epoch, verbose);

            public static partial class impl
            {
                public class OneCycleLR : LRScheduler
                {
                    public enum AnnealStrategy { Cos, Linear }

                    private sealed record Phase(double End, List<double> FromRate, List<double> ToRate, List<double> FromMomentum, List<double> ToMomentum);

                    private readonly Phase[] _phases;
                    private readonly int _total_steps;
                    private readonly bool _cosine, _cycle_momentum;

                    public OneCycleLR(Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3, AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85, double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, optimizer.ParamGroups.Select(_ => max_lr), total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum,
                            optimizer.ParamGroups.Select(_ => base_momentum), optimizer.ParamGroups.Select(_ => max_momentum), div_factor, final_div_factor, three_phase, last_epoch, verbose)
                    { }

                    public OneCycleLR(Optimizer optimizer, IEnumerable<double> max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3, AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, IEnumerable<double> base_momentum = null, IEnumerable<double> max_momentum = null, double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        if (cycle_momentum && optimizer is not (IMomentum or IBetas)) throw new ArgumentException("optimizer must support momentum with `cycle_momentum` option enabled");
                        if (pct_start is < 0 or > 1) throw new ArgumentException($"Expected float between 0 and 1 for pct_start, but got {pct_start}");
                        _total_steps = Steps(total_steps, epochs, steps_per_epoch);
                        (_cosine, _cycle_momentum) = (anneal_strategy == AnnealStrategy.Cos, cycle_momentum);

                        var peak = max_lr.ToList();
                        var initial = peak.ConvertAll(lr => lr / div_factor);
                        var final = initial.ConvertAll(lr => lr / final_div_factor);
                        var low = (base_momentum ?? Groups.Select(_ => 0.85)).ToList();
                        var high = (max_momentum ?? Groups.Select(_ => 0.95)).ToList();
                        var rise = new Phase(pct_start * _total_steps - 1, initial, peak, high, low);
                        _phases = three_phase
                            ? [rise, new(2 * pct_start * _total_steps - 2, peak, initial, low, high), new(_total_steps - 1, initial, final, high, high)]
                            : [rise, new(_total_steps - 1, peak, final, low, high)];
                        step();
                    }

                    private static int Steps(int total_steps, int epochs, int steps_per_epoch)
                    {
                        if (total_steps == -1 && epochs == -1 && steps_per_epoch == -1) throw new ArgumentException("You must define either total_steps OR (epochs AND steps_per_epoch)");
                        if (total_steps != -1) return total_steps > 0 ? total_steps : throw new ArgumentException($"Expected positive integer total_steps, but got {total_steps}");
                        if (epochs <= 0) throw new ArgumentException($"Expected positive integer epochs, but got {epochs}");
                        if (steps_per_epoch <= 0) throw new ArgumentException($"Expected positive integer steps_per_epoch, but got {steps_per_epoch}");
                        return epochs * steps_per_epoch;
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        if (_last_epoch > _total_steps) throw new InvalidOperationException($"Tried to step {_last_epoch + 1} times. The specified number of total steps is {_total_steps}");
                        return Groups.Select((group, i) =>
                        {
                            var (lr, momentum) = At(i);
                            if (_cycle_momentum && group is IBetas betas) betas.Betas = (momentum, betas.Betas.Item2);
                            else if (_cycle_momentum) ((IMomentum)group).Momentum = momentum;
                            return lr;
                        });
                    }

                    // Beyond the last phase both are 0, and a group with the number of the last phase stays in the first one:
                    // the real one compares the group's number, where PyTorch compares the phase's.
                    private (double Rate, double Momentum) At(int group)
                    {
                        double start = 0;
                        foreach (var phase in _phases)
                        {
                            if (_last_epoch <= phase.End || group == _phases.Length - 1)
                            {
                                var part = (_last_epoch - start) / (phase.End - start);
                                return (Anneal(phase.FromRate[group], phase.ToRate[group], part), Anneal(phase.FromMomentum[group], phase.ToMomentum[group], part));
                            }
                            start = phase.End;
                        }
                        return (0, 0);
                    }

                    private double Anneal(double from, double to, double part) =>
                        _cosine ? to + (from - to) / 2 * (Math.Cos(Math.PI * part) + 1) : (to - from) * part + from;
                }
            }
        }
    }
}
