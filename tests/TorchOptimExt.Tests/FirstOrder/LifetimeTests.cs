using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.FirstOrder;

/// <summary>Who owns which memory, and for how long.</summary>
public class LifetimeTests
{
    public static TheoryData<string> All => FirstOrderOptimizer.Names;
    public static TheoryData<string> Own => [.. FirstOrderOptimizer.All.Where(o => !o.IsTorchSharps).Select(o => o.Name)];

    [Theory]
    [MemberData(nameof(All))]
    public void Dispose_frees_the_state_and_may_be_called_again(string name)
    {
        Settle();
        var parameters = Parameters();
        SetGradients(parameters);
        var alive = Tensor.TotalCount;
        var optimizer = Make(name, parameters);
        using (var loss = tensor(1.0)) optimizer.step(() => loss);
        optimizer.Dispose();
        optimizer.Dispose();
        Assert.Equal(alive, Tensor.TotalCount);
        Free(parameters);
    }

    [Theory]
    [MemberData(nameof(Own))]
    public void A_disposed_optimizer_says_so(string name)
    {
        using var scope = NewDisposeScope();
        var parameters = Parameters();
        using var other = Make(name, parameters);
        var optimizer = Make(name, parameters);
        var file = Save(optimizer);
        optimizer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => optimizer.step(() => tensor(1.0)));
        Assert.Throws<ObjectDisposedException>(() => optimizer.zero_grad());
        Assert.Throws<ObjectDisposedException>(() => optimizer.state_dict());
        Assert.Throws<ObjectDisposedException>(() => optimizer.load_state_dict(other.state_dict()));
        Assert.Throws<ObjectDisposedException>(() => Load(optimizer, file));
        Assert.Throws<ObjectDisposedException>(() => optimizer.to(CPU));
        Assert.Throws<ObjectDisposedException>(() => optimizer.add_param_group(new ParamGroup { Parameters = [new(ones(1))] }));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Ten_thousand_steps_grow_neither_tensors_nor_memory(string name)
    {
        foreach (var strided in (bool[])[false, true])
        {
            var parameters = Parameters(strided);
            SetGradients(parameters);
            using var optimizer = Make(name, parameters);
            using var loss = tensor(1.0);
            Step(10);
            Settle();
            var (alive, memory) = (Tensor.TotalCount, Process.GetCurrentProcess().WorkingSet64);
            Step(strided ? 1_000 : 10_000);
            Assert.Equal(alive, Tensor.TotalCount);
            using var process = Process.GetCurrentProcess();
            Assert.InRange(process.WorkingSet64 - memory, long.MinValue, 32L << 20);     // a tensor of 4 KB a step would be 40 MB
            Free(parameters);

            void Step(int count)
            {
                for (var k = 0; k < count; k++) optimizer.step(() => loss);
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_step_allocates_nothing(string name)
    {
        var parameters = Parameters();
        SetGradients(parameters);
        using var optimizer = Make(name, parameters);
        using var loss = tensor(1.0);
        var closure = name == "IRpropPlus" ? () => loss : (Func<Tensor>?)null;      // it cannot do without
        for (var k = 0; k < 100; k++) optimizer.step(closure);

        // A closure runs with gradients on and its loss is read: what that costs is TorchSharp's.
        var evaluation = closure is null ? 0 : Allocated(() => enable_grad().Dispose()) + Allocated(() => loss.ToDouble());
        Assert.InRange(Allocated(() => optimizer.step(closure)), 0, evaluation);
        Free(parameters);

        static long Allocated(Action run)
        {
            var least = long.MaxValue;      // the least of some: the runtime allocates now and then
            for (var k = 0; k < 20; k++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                run();
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            return least;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Dispose_scopes_may_end_around_everything(string name)
    {
        foreach (var strided in (bool[])[false, true])
        {
            var (parameters, same) = (Parameters(strided), Parameters(strided));
            using var expected = Make(name, same);
            OptimizerHelper optimizer;
            using (NewDisposeScope()) optimizer = Make(name, parameters);
            Both();
            var file = Save(optimizer);
            using (NewDisposeScope()) Load(optimizer, file);
            Both();
            using (NewDisposeScope())
            {
                using var source = Make(name, parameters);
                Load(source, Save(optimizer));
                optimizer.load_state_dict(source.state_dict());
            }
            Both();
            using (NewDisposeScope()) optimizer.to(CPU);
            Both();
            foreach (var (a, b) in parameters.Zip(same)) Assert.True(a.detach().equal(b.detach()).all().ToBoolean());
            optimizer.Dispose();

            void Both()
            {
                for (var k = 0; k < 2; k++)
                {
                    using var scope = NewDisposeScope();
                    SetGradients(parameters);
                    SetGradients(same);
                    var loss = tensor(1.0);
                    optimizer.step(() => loss);
                    expected.step(() => loss);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_step_returns_the_closure_s_loss_and_evaluates_it_with_gradients(string name)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(3));
        using var optimizer = Make(name, [parameter]);
        using var quiet = no_grad();
        using var result = optimizer.step(() =>
        {
            var loss = parameter.square().sum();
            loss.backward();
            return loss;
        });
        Assert.Equal(3, result.ToDouble(), 1e-6);
        Assert.NotEqual(1, parameter[0].ToDouble());
        if (name != "IRpropPlus") Assert.Null(optimizer.step());
    }

    private static OptimizerHelper Make(string name, List<Parameter> parameters) => FirstOrderOptimizer.Named(name).Make(parameters, 1e-3);

    // Longer lists before shorter ones, so that an enumerator would show.
    private static List<Parameter> Parameters(bool strided = false)
    {
        using var scope = NewDisposeScope();
        return [.. new[] { ones(32, 32), ones(17), ones(1) }.Select(t => (Parameter)new Parameter(strided ? Problem.Strided(t) : t.clone()).DetachFromDisposeScope())];
    }

    private static void SetGradients(List<Parameter> parameters)
    {
        foreach (var p in parameters)
        {
            using var grad = full(p.shape, 0.25, p.dtype);
            p.grad = grad;
        }
    }

    private static byte[] Save(OptimizerHelper optimizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        optimizer.save_state_dict(writer);
        return stream.ToArray();
    }

    private static void Load(OptimizerHelper optimizer, byte[] file)
    {
        using var reader = new BinaryReader(new MemoryStream(file));
        optimizer.load_state_dict(reader);
    }

    // What earlier tests left behind goes before anything is counted.
    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static void Free(List<Parameter> parameters) => parameters.ForEach(p => { p.grad = null; p.Dispose(); });
}
