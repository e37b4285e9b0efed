#nullable disable   // as annotated in the real one: not at all

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static LRScheduler ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4, string threshold_mode = "rel", int cooldown = 0, IList<double> min_lr = null, double eps = 1e-8, bool verbose = false) =>
                new impl.ReduceLROnPlateau(optimizer, mode, factor, patience, threshold, threshold_mode, cooldown, min_lr, eps, verbose);

            public static partial class impl
            {
                public class ReduceLROnPlateau : LRScheduler
                {
                    private readonly bool _smaller, _relative;
                    private readonly double _factor, _threshold, _eps;
                    private readonly int _patience, _cooldown;
                    private readonly List<double> _min_lrs;
                    private double _best;
                    private int _bad, _cooling;

                    public ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4, string threshold_mode = "rel", int cooldown = 0, IList<double> min_lr = null, double eps = 1e-8, bool verbose = false)
                        : base(optimizer, -1, verbose)
                    {
                        if (factor >= 1) throw new ArgumentException("Factor should be < 1.0");
                        if (mode is not ("min" or "max")) throw new ArgumentException($"mode {mode} is unknown!");
                        if (threshold_mode is not ("rel" or "abs")) throw new ArgumentException($"threshold mode {threshold_mode} is unknown!");
                        (_smaller, _relative, _best) = (mode == "min", threshold_mode == "rel", mode == "min" ? double.PositiveInfinity : double.NegativeInfinity);
                        (_factor, _threshold, _eps, _patience, _cooldown) = (factor, threshold, eps, patience, cooldown);
                        _min_lrs = min_lr switch
                        {
                            null or { Count: 0 } => Groups.ConvertAll(_ => 0.0),
                            { Count: 1 } => Groups.ConvertAll(_ => min_lr[0]),
                            _ => min_lr.ToList(),
                        };
                    }

                    public override void step() => throw new InvalidOperationException("step() should not be used with the ReduceLROnPlateau scheduler. Use step(double, int?), instead.");

                    public override void step(int? epoch) => throw new InvalidOperationException("step(int?) should not be used with the ReduceLROnPlateau scheduler. Use step(double, int?), instead.");

                    public override void step(double current, int? epoch = null)
                    {
                        _last_epoch = epoch ?? _last_epoch + 1;
                        if (IsBetter(current)) (_best, _bad) = (current, 0);
                        else _bad++;

                        if (_cooling > 0)
                        {
                            _cooling--;
                            _bad = 0;
                        }
                        if (_bad <= _patience) return;
                        Reduce();
                        (_cooling, _bad) = (_cooldown, 0);
                    }

                    private bool IsBetter(double current)
                    {
                        var margin = _smaller ? -_threshold : _threshold;
                        var bound = _relative ? _best * (1 + margin) : _best + margin;
                        return _smaller ? current < bound : current > bound;
                    }

                    private void Reduce()
                    {
                        foreach (var (group, min_lr) in Groups.Zip(_min_lrs))
                        {
                            var lr = Math.Max(group.LearningRate * _factor, min_lr);
                            if (group.LearningRate - lr <= _eps) continue;
                            group.LearningRate = lr;
                            if (_verbose) Console.WriteLine($"Epoch {_last_epoch}: reducing learning rate to {lr:g4}.");
                        }
                    }
                }
            }
        }
    }
}
