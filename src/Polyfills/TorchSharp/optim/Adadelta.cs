#nullable disable   // as annotated in the real one: not at all
using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static Adadelta Adadelta(IEnumerable<Parameter> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false) =>
                new(parameters, lr, rho, eps, weight_decay, maximize);

            public static Adadelta Adadelta(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false) =>
                new(parameters.Select(p => p.parameter), lr, rho, eps, weight_decay, maximize);

            public static Adadelta Adadelta(IEnumerable<Adadelta.ParamGroup> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false) =>
                new(parameters, lr, rho, eps, weight_decay, maximize);
        }
    }
}

namespace TorchSharp.Modules
{
    public class Adadelta : OptimizerHelper
    {
        public Adadelta(IEnumerable<Parameter> parameters, double lr, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false)
            : this([new ParamGroup { Parameters = parameters }], lr, rho, eps, weight_decay, maximize) { }

        public Adadelta(IEnumerable<ParamGroup> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false)
        {
            if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
            if (rho is < 0 or > 1) throw new ArgumentException($"Invalid rho value: {rho}");
            if (eps < 0) throw new ArgumentException($"Invalid eps value: {eps}");
            if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
            Start(new Options { rho = rho, eps = eps, weight_decay = weight_decay, maximize = maximize }, lr, parameters);
        }

        public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
        {
            var o = group.Options;
            double lr = o.LearningRate.Value, rho = o.rho.Value, eps = o.eps.Value, weight_decay = o.weight_decay.Value;
            foreach (var (param, gradient, state) in Gradients<State>(group))
            {
                if (gradient.is_sparse) throw new ArgumentException("Adadelta does not support sparse gradients");
                var grad = o.maximize.Value ? -gradient : gradient;
                if (weight_decay != 0) grad = grad.add(param, alpha: weight_decay);

                state.square_avg.mul_(rho).addcmul_(grad, grad, value: 1 - rho);
                var std = state.square_avg.add(eps).sqrt_();
                var delta = state.acc_delta.add(eps).sqrt_().div_(std).mul_(grad);
                state.acc_delta.mul_(rho).addcmul_(delta, delta, value: 1 - rho);
                param.add_(delta, alpha: -lr);
            }
        }, closure);

        public override void add_param_group(Modules.ParamGroup param_group) => Add<Options>(param_group, p => new State(p), (options, defaults) =>
        {
            options.rho ??= defaults.rho;
            options.eps ??= defaults.eps;
            options.weight_decay ??= defaults.weight_decay;
            options.maximize ??= defaults.maximize;
        });

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            DisposeState();
        }

        public sealed class State : OptimizerState, IDisposable
        {
            public long step;       // kept in files, counts nothing
            public Tensor square_avg, acc_delta;

            public State(Parameter parameter) : base(parameter) { }

            public void Dispose()
            {
                square_avg?.Dispose();
                acc_delta?.Dispose();
            }

            public override void Initialize(OptimizerOptions options)
            {
                Dispose();
                (step, square_avg, acc_delta) = (0, Zeros(_parameter), Zeros(_parameter));
            }

            public override void to(Device device) => (square_avg, acc_delta) = (square_avg.to(device), acc_delta.to(device));

            public override void SaveStateDict(BinaryWriter writer)
            {
                writer.Write(step);
                square_avg.Save(writer);
                acc_delta.Save(writer);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                step = reader.ReadInt64();
                square_avg.Load(reader);
                acc_delta.Load(reader);
            }

            public override void LoadStateDict(OptimizerState source)
            {
                var s = (State)source;
                step = s.step;
                Copy(ref square_avg, s.square_avg);
                Copy(ref acc_delta, s.acc_delta);
            }

            public override bool ApproximatelyEquals(OptimizerState other) =>
                other is State s && step == s.step && square_avg.allclose(s.square_avg) && acc_delta.allclose(s.acc_delta);
        }

        public class Options : OptimizerOptions
        {
            public double? rho, eps, weight_decay;
            public bool? maximize;

            public override void SaveStateDict(BinaryWriter writer)
            {
                base.SaveStateDict(writer);
                writer.Write(rho.Value);
                writer.Write(eps.Value);
                writer.Write(weight_decay.Value);
                writer.Write(maximize.Value);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                base.LoadStateDict(reader);
                (rho, eps, weight_decay, maximize) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadBoolean());
            }

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var o = (Options)source;
                (rho, eps, weight_decay, maximize) = (o.rho, o.eps, o.weight_decay, o.maximize);
            }
        }

        public class ParamGroup : ParamGroup<Options>
        {
            public ParamGroup() { }

            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false)
                : base(parameters, new Options { LearningRate = lr, rho = rho, eps = eps, weight_decay = weight_decay, maximize = maximize }) { }
        }
    }
}
