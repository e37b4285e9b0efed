#nullable disable   // as annotated in the real one: not at all

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static LRScheduler CyclicLR(Optimizer optimizer, double base_lr, double max_lr, int step_size_up = 2000, int step_size_down = -1, impl.CyclicLR.Mode mode = impl.CyclicLR.Mode.Triangular, double gamma = 1, Func<double, double> scale_fn = null, impl.CyclicLR.ScaleMode scale_mode = impl.CyclicLR.ScaleMode.Cycle, bool cycle_momentum = true, double base_momentum = 0.8, double max_momentum = 0.9, int last_epoch = -1, bool verbose = false) =>
                new impl.CyclicLR(optimizer, base_lr, max_lr, step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode, cycle_momentum, base_momentum, max_momentum, last_epoch, verbose);

            public static LRScheduler CyclicLR(Optimizer optimizer, IEnumerable<double> base_lr, IEnumerable<double> max_lr, int step_size_up = 2000, int step_size_down = -1, impl.CyclicLR.Mode mode = impl.CyclicLR.Mode.Triangular, double gamma = 1, Func<double, double> scale_fn = null, impl.CyclicLR.ScaleMode scale_mode = impl.CyclicLR.ScaleMode.Cycle, bool cycle_momentum = true, IEnumerable<double> base_momentum = null, IEnumerable<double> max_momentum = null, int last_epoch = -1, bool verbose = false) =>
                new impl.CyclicLR(optimizer, base_lr, max_lr, step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode, cycle_momentum, base_momentum, max_momentum, last_epoch, verbose);

            public static partial class impl
            {
                public class CyclicLR : LRScheduler
                {
                    public enum Mode { Triangular, Triangular2, ExpRange }

                    public enum ScaleMode { Cycle, Iterations }

                    private readonly double _period, _rise;     // steps of a cycle; the part of it in which the rate rises
                    private readonly Func<double, double> _scale;
                    private readonly bool _per_cycle, _cycle_momentum;
                    private readonly List<double> _max_lrs, _base_momentum, _max_momentum;

                    public CyclicLR(Optimizer optimizer, double base_lr, double max_lr, int step_size_up = 2000, int step_size_down = -1, Mode mode = Mode.Triangular, double gamma = 1, Func<double, double> scale_fn = null, ScaleMode scale_mode = ScaleMode.Cycle, bool cycle_momentum = true, double base_momentum = 0.8, double max_momentum = 0.9, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, optimizer.ParamGroups.Select(_ => base_lr), optimizer.ParamGroups.Select(_ => max_lr), step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode, cycle_momentum,
                            optimizer.ParamGroups.Select(_ => base_momentum), optimizer.ParamGroups.Select(_ => max_momentum), last_epoch, verbose)
                    { }

                    public CyclicLR(Optimizer optimizer, IEnumerable<double> base_lr, IEnumerable<double> max_lr, int step_size_up = 2000, int step_size_down = -1, Mode mode = Mode.Triangular, double gamma = 1, Func<double, double> scale_fn = null, ScaleMode scale_mode = ScaleMode.Cycle, bool cycle_momentum = true, IEnumerable<double> base_momentum = null, IEnumerable<double> max_momentum = null, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        if (cycle_momentum && optimizer is not IMomentum) throw new ArgumentException("optimizer must support momentum with `cycle_momentum` option enabled");
                        _period = step_size_up + (step_size_down == -1 ? step_size_up : step_size_down);
                        _rise = step_size_up / _period;
                        _per_cycle = scale_fn is null || scale_mode == ScaleMode.Cycle;
                        _scale = scale_fn ?? (mode switch
                        {
                            Mode.Triangular => _ => 1,
                            Mode.Triangular2 => cycle => 1 / Math.Pow(2, cycle - 1),
                            _ => cycle => Math.Pow(gamma, cycle),       // by cycles, where PyTorch counts iterations
                        });
                        (_base_lrs, _max_lrs, _cycle_momentum) = (base_lr.ToList(), max_lr.ToList(), cycle_momentum);
                        _base_momentum = (base_momentum ?? Groups.Select(_ => 0.8)).ToList();
                        _max_momentum = (max_momentum ?? Groups.Select(_ => 0.9)).ToList();
                        if (last_epoch == -1) Start();
                        step();
                    }

                    private void Start()
                    {
                        for (var i = 0; i < Groups.Count; i++)
                        {
                            Groups[i].LearningRate = _base_lrs[i];
                            if (_cycle_momentum) ((IMomentum)Groups[i]).Momentum = _base_momentum[i];
                        }
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        var cycle = Math.Floor(1 + _last_epoch / _period);
                        var x = 1 + _last_epoch / _period - cycle;
                        var height = x <= _rise ? x / _rise : (x - 1) / (_rise - 1);
                        var scale = _scale(_per_cycle ? cycle : _last_epoch);
                        return Groups.Select((group, i) =>
                        {
                            // Above the maximum, where PyTorch goes below it.
                            if (_cycle_momentum) ((IMomentum)group).Momentum = _max_momentum[i] + (_max_momentum[i] - _base_momentum[i]) * height * scale;
                            return _base_lrs[i] + (_max_lrs[i] - _base_lrs[i]) * height * scale;
                        });
                    }
                }
            }
        }
    }
}
