using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim.lr_scheduler;

namespace TorchOptimExt.Tests.Properties;

/// <summary>
/// Any sequence of what a user can do gives with a fused optimizer what it gives with TorchSharp's own. A failing sequence is
/// made as short as it gets and printed.
/// </summary>
[Collection(nameof(Checkpointing.RandomNumbers))]
public class SequenceTests
{
    public enum Act { Step, StepWithClosure, ClosureThrows, ZeroGrad, NoGradient, Freeze, Thaw, AddGroup, Schedule, RateByHand, SaveAndLoad, LoadDamaged, Move, DisposeScope }

    [Property(MaxTest = 250, QuietOnSuccess = true)]
    public void Adam(Act[] acts) => Run(acts, p => optim.fused.Adam(p, 0.05, amsgrad: true), p => optim.Adam(p, 0.05, amsgrad: true), p => new Adam.ParamGroup([p], 0.01));

    [Property(MaxTest = 250, QuietOnSuccess = true)]
    public void SGD(Act[] acts) => Run(acts, p => optim.fused.SGD(p, 0.05, momentum: 0.9), p => optim.SGD(p, 0.05, momentum: 0.9), p => new SGD.ParamGroup([p], 0.01, 0.5));

    [Property(MaxTest = 250, QuietOnSuccess = true)]
    public void RMSProp(Act[] acts) => Run(acts, p => optim.fused.RMSProp(p, 0.01, momentum: 0.5), p => optim.RMSProp(p, 0.01, momentum: 0.5), p => new RMSProp.ParamGroup([p], 0.02));

    [Property(MaxTest = 250, QuietOnSuccess = true)]
    public void Rprop(Act[] acts) => Run(acts, p => optim.fused.Rprop(p, 0.01), p => optim.Rprop(p, 0.01), p => new Rprop.ParamGroup([p], 0.02));

    private static void Run(Act[] acts, Func<Parameter[], OptimizerHelper> ours, Func<Parameter[], OptimizerHelper> theirs, Func<Parameter, ParamGroup> group)
    {
        using var mine = new Life(ours, group);
        using var reference = new Life(theirs, group);
        for (var k = 0; k < acts.Length; k++)
        {
            var (a, b) = (mine.Do(acts[k], k), reference.Do(acts[k], k));
            Assert.True(a == b, $"{acts[k]}: {a ?? "no error"}, TorchSharp {b ?? "no error"}");
            foreach (var (p, q) in mine.Parameters.Zip(reference.Parameters))
                Assert.True(p.allclose(q, 1e-12, 1e-14), $"after {acts[k]}: {p.str()} and with TorchSharp {q.str()}");
        }
    }

    /// <summary>An optimizer with two parameters, and what happens to it.</summary>
    private sealed class Life : IDisposable
    {
        private readonly List<Parameter> parameters = [new(linspace(-1, 1, 5, float64)), new(linspace(0.5, 2, 3, float64))];
        private readonly OptimizerHelper optimizer;
        private readonly Func<Parameter, ParamGroup> group;
        private LRScheduler? schedule;

        public Life(Func<Parameter[], OptimizerHelper> make, Func<Parameter, ParamGroup> group)
        {
            optimizer = make([.. parameters]);
            this.group = group;
        }

        public IEnumerable<Parameter> Parameters => parameters;

        /// <summary>Does it, and gives the name of the error's type.</summary>
        public string? Do(Act act, int k) => Record.Exception(() => { Perform(act, k); })?.GetType().Name;

        private void Perform(Act act, int k)
        {
            switch (act)
            {
                case Act.Step: SetGradients(k); optimizer.step(); break;
                case Act.StepWithClosure: optimizer.step(() => { SetGradients(k); return zeros(1); })!.Dispose(); break;
                case Act.ClosureThrows: optimizer.step(() => throw new InvalidOperationException("the closure's own")); break;
                case Act.ZeroGrad: optimizer.zero_grad(); break;
                case Act.NoGradient: parameters[k % parameters.Count].grad = null; break;
                case Act.Freeze: parameters[k % parameters.Count].requires_grad = false; break;
                case Act.Thaw: parameters[k % parameters.Count].requires_grad = true; break;
                case Act.AddGroup: AddGroup(); break;
                case Act.Schedule: (schedule ??= optim.lr_scheduler.ExponentialDecay(optimizer, 0.9)).step(); break;
                case Act.RateByHand: optimizer.ParamGroups.Last().LearningRate = 0.03; break;
                case Act.SaveAndLoad: SaveAndLoad(); break;
                case Act.LoadDamaged: LoadDamaged(); break;
                case Act.Move: optimizer.to(CPU); break;
                case Act.DisposeScope: using (NewDisposeScope()) { SetGradients(k); optimizer.step(); } break;
            }
        }

        private void SetGradients(int k)
        {
            foreach (var p in parameters)
            {
                if (!p.requires_grad) continue;
                using var gradient = (p.detach() * (k % 3 - 0.7)).sin();
                p.grad = gradient;
            }
        }

        private void AddGroup()
        {
            if (parameters.Count > 4) return;
            parameters.Add(new(full(2, parameters.Count, float64)));
            optimizer.add_param_group(group(parameters[^1]));
        }

        private void SaveAndLoad()
        {
            using var file = new MemoryStream();
            using var writer = new BinaryWriter(file);
            optimizer.save_state_dict(writer);
            file.Position = 0;
            optimizer.load_state_dict(new BinaryReader(file));
        }

        // A checkpoint that was cut: nothing may change, with TorchSharp's own neither.
        private void LoadDamaged()
        {
            using var folder = new Checkpointing.TemporaryFolder();
            using var module = nn.ReLU();
            Checkpoint.Save(folder["a"], module, optimizer, schedule);
            var bytes = File.ReadAllBytes(folder["a"])[..^52];
            File.WriteAllBytes(folder["a"], [.. bytes, .. System.Security.Cryptography.SHA256.HashData(bytes)]);
            Checkpoint.Load(folder["a"], module, optimizer, schedule);
        }

        public void Dispose()
        {
            optimizer.Dispose();
            parameters.ForEach(p => p.Dispose());
        }
    }
}
