#nullable disable   // as annotated in the real one: not at all

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public abstract class LRScheduler
            {
                internal Optimizer _optimizer;
                internal int _last_epoch = -1;
                internal bool _verbose;
                internal IList<double> _base_lrs;
                internal IList<double> _last_lrs;
                protected int _step_count;

                protected LRScheduler() { }

                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    (_optimizer, _last_epoch, _verbose) = (optimizer, last_epoch, verbose);
                    _base_lrs = Groups.ConvertAll(group => group.InitialLearningRate);
                    _last_lrs = Groups.ConvertAll(group => group.LearningRate);
                }

                public virtual void step() => step(null);

                public virtual void step(int? epoch)
                {
                    _step_count++;
                    _last_epoch = epoch ?? _last_epoch + 1;
                    // Once only: some schedulers change the momentum, or step others, while they are asked.
                    var rates = (epoch.HasValue ? get_closed_form_lr() : get_lr()).ToList();
                    var groups = Groups;
                    for (var i = 0; i < _base_lrs.Count; i++)
                    {
                        groups[i].LearningRate = rates[i];
                        if (_verbose && _last_lrs[i] != rates[i]) Console.WriteLine($"Adjusting learning rate to {rates[i]}");
                        _last_lrs[i] = rates[i];
                    }
                }

                /// <summary>The metric is for <see cref="impl.ReduceLROnPlateau"/>; the others ignore it.</summary>
                public virtual void step(double current, int? epoch = null) => step(epoch);

                public IEnumerable<double> get_last_lr() => _last_lrs;

                protected virtual IEnumerable<double> get_lr() => Current();

                protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();

                internal List<ILearningRateController> Groups => _optimizer.ParamGroups.ToList();

                /// <summary>The rates that the groups have now, times a factor.</summary>
                internal IEnumerable<double> Current(double factor = 1) => _optimizer.ParamGroups.Select(group => group.LearningRate * factor);

                /// <summary>The initial rates, times a factor.</summary>
                internal IEnumerable<double> Initial(double factor) => _base_lrs.Select(lr => lr * factor);
            }
        }
    }
}
