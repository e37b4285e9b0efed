#nullable disable   // as annotated in the real one: not at all
using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static Rprop Rprop(IEnumerable<Parameter> parameters, double lr = 1e-2, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) =>
                new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

            public static Rprop Rprop(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-2, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) =>
                new(parameters.Select(p => p.parameter), lr, etaminus, etaplus, min_step, max_step, maximize);

            public static Rprop Rprop(IEnumerable<Rprop.ParamGroup> parameters, double lr = 1e-2, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) =>
                new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);
        }
    }
}

namespace TorchSharp.Modules
{
    public class Rprop : OptimizerHelper
    {
        public Rprop(IEnumerable<Parameter> parameters, double lr = 1e-2, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
            : this([new ParamGroup { Parameters = parameters }], lr, etaminus, etaplus, min_step, max_step, maximize) { }

        public Rprop(IEnumerable<ParamGroup> parameters, double lr = 1e-2, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        {
            if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
            Start(new Options { etaminus = etaminus, etaplus = etaplus, min_step = min_step, max_step = max_step, maximize = maximize }, lr, parameters);
        }

        public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
        {
            var o = group.Options;
            double etaminus = o.etaminus.Value, etaplus = o.etaplus.Value;
            foreach (var (param, gradient, state) in Gradients<State>(group))
            {
                if (gradient.is_sparse) throw new ArgumentException("Rprop does not support sparse gradients");
                state.step++;
                var grad = o.maximize.Value ? -gradient : gradient.clone();

                var factor = grad.mul(state.prev).sign();
                factor.masked_fill_(factor.gt(0), etaplus).masked_fill_(factor.lt(0), etaminus).masked_fill_(factor.eq(0), 1);
                state.step_size.mul_(factor).clamp_(o.min_step.Value, o.max_step.Value);
                grad.masked_fill_(factor.eq(etaminus), 0);      // where the sign changed, this gradient counts as 0, now and next time
                param.addcmul_(grad.sign(), state.step_size, value: -1);
                state.prev.copy_(grad);
            }
        }, closure);

        public override void add_param_group(Modules.ParamGroup param_group) => Add<Options>(param_group, p => new State(p), (options, defaults) =>
        {
            options.etaminus ??= defaults.etaminus;
            options.etaplus ??= defaults.etaplus;
            options.min_step ??= defaults.min_step;
            options.max_step ??= defaults.max_step;
            options.maximize ??= defaults.maximize;
        });

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            DisposeState();
        }

        public sealed class State : OptimizerState, IDisposable
        {
            public long step;
            public Tensor prev, step_size;

            public State(Parameter parameter) : base(parameter) { }

            public void Dispose()
            {
                prev?.Dispose();
                step_size?.Dispose();
            }

            public override void Initialize(OptimizerOptions options)
            {
                Dispose();
                (step, prev) = (0, Zeros(_parameter));
                step_size = full(_parameter.shape, options.LearningRate.Value, dtype: _parameter.dtype, device: _parameter.device).DetachFromDisposeScope();
            }

            public override void to(Device device) => (prev, step_size) = (prev.to(device), step_size.to(device));

            public override void SaveStateDict(BinaryWriter writer)
            {
                writer.Write(step);
                prev.Save(writer);
                step_size.Save(writer);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                step = reader.ReadInt64();
                prev.Load(reader);
                step_size.Load(reader);
            }

            public override void LoadStateDict(OptimizerState source)
            {
                var s = (State)source;
                step = s.step;
                Copy(ref prev, s.prev);
                Copy(ref step_size, s.step_size);
            }

            public override bool ApproximatelyEquals(OptimizerState other) =>
                other is State s && step == s.step && prev.allclose(s.prev) && step_size.allclose(s.step_size);
        }

        public class Options : OptimizerOptions
        {
            public bool? maximize;
            public double? etaminus, etaplus, min_step, max_step;

            public override void SaveStateDict(BinaryWriter writer)
            {
                base.SaveStateDict(writer);
                writer.Write(maximize.Value);
                writer.Write(etaminus.Value);
                writer.Write(etaplus.Value);
                writer.Write(min_step.Value);
                writer.Write(max_step.Value);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                base.LoadStateDict(reader);
                (maximize, etaminus, etaplus) = (reader.ReadBoolean(), reader.ReadDouble(), reader.ReadDouble());
                (min_step, max_step) = (reader.ReadDouble(), reader.ReadDouble());
            }

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var o = (Options)source;
                (maximize, etaminus, etaplus, min_step, max_step) = (o.maximize, o.etaminus, o.etaplus, o.min_step, o.max_step);
            }
        }

        public class ParamGroup : ParamGroup<Options>
        {
            public ParamGroup() { }

            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-2, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
                : base(parameters, new Options { LearningRate = lr, etaminus = etaminus, etaplus = etaplus, min_step = min_step, max_step = max_step, maximize = maximize }) { }
        }
    }
}
