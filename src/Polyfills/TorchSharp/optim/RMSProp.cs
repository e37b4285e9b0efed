#nullable disable   // as annotated in the real one: not at all
using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static RMSProp RMSProp(IEnumerable<Parameter> parameters, double lr = 1e-2, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static RMSProp RMSProp(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-2, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters.Select(p => p.parameter), lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static RMSProp RMSProp(IEnumerable<RMSProp.ParamGroup> parameters, double lr = 1e-2, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);
        }
    }
}

namespace TorchSharp.Modules
{
    public class RMSProp : OptimizerHelper, optim.IMomentum
    {
        public RMSProp(IEnumerable<Parameter> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
            : this([new ParamGroup { Parameters = parameters }], lr, alpha, eps, weight_decay, momentum, centered, maximize) { }

        public RMSProp(IEnumerable<ParamGroup> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
        {
            if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
            if (eps < 0) throw new ArgumentException($"Invalid ε: {eps}");
            if (alpha < 0) throw new ArgumentException($"Invalid alpha: {alpha}");
            if (momentum < 0) throw new ArgumentException($"Invalid momentum value: {momentum}");
            if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
            Start(new Options { alpha = alpha, eps = eps, weight_decay = weight_decay, momentum = momentum, centered = centered, maximize = maximize }, lr, parameters);
        }

        public double Momentum { get => ((Options)_defaults).momentum.Value; set => ((Options)_defaults).momentum = value; }

        public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
        {
            var o = group.Options;
            double lr = o.LearningRate.Value, alpha = o.alpha.Value, eps = o.eps.Value, weight_decay = o.weight_decay.Value, momentum = o.momentum.Value;
            foreach (var (param, gradient, state) in Gradients<State>(group))
            {
                state.step++;
                var grad = o.maximize.Value ? -gradient : gradient;
                if (weight_decay != 0) grad = grad.add(param, alpha: weight_decay);

                state.square_avg.mul_(alpha).addcmul_(grad, grad, value: 1 - alpha);
                Tensor avg;
                if (o.centered.Value)
                {
                    state.grad_avg.mul_(alpha).add_(grad, alpha: 1 - alpha);
                    avg = state.square_avg.addcmul(state.grad_avg, state.grad_avg, value: -1).sqrt_().add_(eps);
                }
                else avg = state.square_avg.sqrt().add_(eps);

                if (momentum > 0) param.add_(state.momentum_buffer.mul_(momentum).addcdiv_(grad, avg), alpha: -lr);
                else param.addcdiv_(grad, avg, value: -lr);
            }
        }, closure);

        public override void add_param_group(Modules.ParamGroup param_group) => Add<Options>(param_group, p => new State(p), (options, defaults) =>
        {
            options.alpha ??= defaults.alpha;
            options.eps ??= defaults.eps;
            options.weight_decay ??= defaults.weight_decay;
            options.momentum ??= defaults.momentum;
            options.centered ??= defaults.centered;
            options.maximize ??= defaults.maximize;
        });

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            DisposeState();
            _state.Clear();
        }

        public sealed class State : OptimizerState, IDisposable
        {
            public long step;
            public Tensor square_avg, momentum_buffer, grad_avg;        // all there, whether the options need them or not

            public State(Parameter parameter) : base(parameter) { }

            public void Dispose()
            {
                square_avg?.Dispose();
                momentum_buffer?.Dispose();
                grad_avg?.Dispose();
            }

            public override void Initialize(OptimizerOptions options)
            {
                Dispose();
                (step, square_avg, momentum_buffer, grad_avg) = (0, Zeros(_parameter), Zeros(_parameter), Zeros(_parameter));
            }

            public override void to(Device device) =>
                (square_avg, momentum_buffer, grad_avg) = (square_avg.to(device), momentum_buffer?.to(device), grad_avg?.to(device));

            public override void SaveStateDict(BinaryWriter writer)
            {
                writer.Write(step);
                square_avg.Save(writer);
                SaveConditionalStateTensor(writer, momentum_buffer);
                SaveConditionalStateTensor(writer, grad_avg);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                step = reader.ReadInt64();
                square_avg.Load(reader);
                LoadConditionalStateTensor(reader, ref momentum_buffer, _parameter.device);
                LoadConditionalStateTensor(reader, ref grad_avg, _parameter.device);
            }

            public override void LoadStateDict(OptimizerState source)
            {
                var s = (State)source;
                step = s.step;
                Copy(ref square_avg, s.square_avg);
                Copy(ref momentum_buffer, s.momentum_buffer);
                Copy(ref grad_avg, s.grad_avg);
            }

            public override bool ApproximatelyEquals(OptimizerState other) => other is State s && step == s.step &&
                square_avg.allclose(s.square_avg) && momentum_buffer.allclose(s.momentum_buffer) && grad_avg.allclose(s.grad_avg);
        }

        public class Options : OptimizerOptions
        {
            public bool? maximize;
            public double? momentum, alpha, eps, weight_decay;
            public bool? centered;

            public override void SaveStateDict(BinaryWriter writer)
            {
                base.SaveStateDict(writer);
                writer.Write(maximize.Value);
                writer.Write(momentum.Value);
                writer.Write(alpha.Value);
                writer.Write(eps.Value);
                writer.Write(weight_decay.Value);
                writer.Write(centered.Value);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                base.LoadStateDict(reader);
                (maximize, momentum, alpha) = (reader.ReadBoolean(), reader.ReadDouble(), reader.ReadDouble());
                (eps, weight_decay, centered) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadBoolean());
            }

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var o = (Options)source;
                (maximize, momentum, alpha, eps, weight_decay, centered) = (o.maximize, o.momentum, o.alpha, o.eps, o.weight_decay, o.centered);
            }
        }

        public class ParamGroup : ParamGroup<Options>, optim.IMomentum
        {
            public ParamGroup() { }

            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double eps = 1e-8, double alpha = 0.99, double weight_decay = 0, double momentum = 0, bool centered = false)
                : base(parameters, new Options { LearningRate = lr, eps = eps, alpha = alpha, weight_decay = weight_decay, momentum = momentum, centered = centered }) { }

            public double Momentum { get => Options.momentum.Value; set => Options.momentum = value; }
        }
    }
}
