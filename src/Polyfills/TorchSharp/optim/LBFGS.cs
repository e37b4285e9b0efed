#nullable disable   // as annotated in the real one: not at all
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static LBFGS LBFGS(IEnumerable<Parameter> parameters, double lr = 0.01, long max_iter = 20, long? max_eval = null, double tolerange_grad = 1e-5, double tolerance_change = 1e-9, long history_size = 100) =>
                new(parameters.ToArray(), lr, max_iter, max_eval ?? 5 * max_iter / 4, tolerange_grad, tolerance_change, history_size);

            // Needs max_eval, as the real one does.
            public static LBFGS LBFGS(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, long max_iter = 20, long? max_eval = null, double tolerange_grad = 1e-5, double tolerance_change = 1e-9, long history_size = 100) =>
                LBFGS(parameters.Select(p => p.parameter), lr, max_iter, max_eval.Value, tolerange_grad, tolerance_change, history_size);
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>libtorch's own L-BFGS: one parameter group, no state file.</summary>
    public class LBFGS : optim.Optimizer, optim.ILearningRateController
    {
        [ThreadStatic] private static Evaluation evaluation;

        private readonly ParamGroup[] _groups;
        public double _rate;

        internal LBFGS(Parameter[] parameters, double lr, long max_iter, long max_eval, double tolerance_grad, double tolerance_change, long history_size)
            : base(Shim.Check(Shim.lbfgs_new(Array.ConvertAll(parameters, p => p.Handle), parameters.Length, lr, max_iter, max_eval, tolerance_grad, tolerance_change, history_size)))
        {
            _rate = InitialLearningRate = lr;
            _groups = [new ParamGroup { Parameters = parameters, Options = new() { LearningRate = lr, InitialLearningRate = lr } }];
        }

        /// <summary>What a step uses. The group's rate, which schedulers change, is another number, as in the real one.</summary>
        public double LearningRate
        {
            get => _rate;
            set
            {
                Shim.lbfgs_set_lr(handle, value);
                _rate = value;
            }
        }

        public double InitialLearningRate { get; set; }

        public override IEnumerable<optim.ILearningRateController> ParamGroups => _groups;

        public override IEnumerable<Parameter> parameters() => _groups[0].Parameters;

        public override unsafe Tensor step(Func<Tensor> closure)
        {
            ArgumentNullException.ThrowIfNull(closure);
            ObjectDisposedException.ThrowIf(handle == 0, this);
            var outer = evaluation;
            var own = evaluation = new Evaluation(closure);
            try
            {
                var loss = Shim.lbfgs_step(handle, &Evaluate);
                own.Failure?.Throw();
                return new Tensor(Shim.Check(loss));
            }
            finally
            {
                evaluation = outer;
                GC.KeepAlive(this);
            }
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (Interlocked.Exchange(ref handle, 0) is var native && native != 0) Shim.lbfgs_free(native);
        }

        /// <summary>A step's closure, its last loss, and what it threw: an exception may not pass through native code.</summary>
        private sealed class Evaluation(Func<Tensor> closure)
        {
            internal ExceptionDispatchInfo Failure { get; private set; }

            private Tensor loss;

            internal nint Run()
            {
                try { return (loss = closure()).Handle; }
                catch (Exception e)
                {
                    Failure = ExceptionDispatchInfo.Capture(e);
                    return 0;
                }
            }
        }

        [UnmanagedCallersOnly]
        private static nint Evaluate() => evaluation.Run();
    }
}
