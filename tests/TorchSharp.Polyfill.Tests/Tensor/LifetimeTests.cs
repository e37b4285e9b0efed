using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharpPolyfill.Tests;

/// <summary>No handle is lost and none is freed twice.</summary>
public class LifetimeTests
{
    // Of all tensors that live, those that something still refers to.
    internal static long Live()
    {
        for (var k = 0; k < 2; k++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return Tensor.TotalCount;
    }

    [Fact]
    public void A_hundred_thousand_operations_leave_no_tensor_alive()
    {
        var before = Live();
        using (var x = ones(8))
            for (var k = 0; k < 50_000; k++)
                using (var y = x + k) using (var z = y.exp_().sum()) { }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Finalizers_free_what_nobody_disposed()
    {
        var before = Live();
        Drop(10_000);
        Assert.Equal(before, Live());

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Drop(int n)
        { for (var k = 0; k < n; k++) _ = ones(4) * k; }
    }

    [Fact]
    public void Tensors_are_made_and_disposed_on_any_thread()
    {
        var before = Live();
        Parallel.For(0, 1000, k =>
        {
            using var scope = NewDisposeScope();
            var x = full(16, k);
            Assert.Equal(16.0 * k * 2, (x + x).sum().ToDouble());
        });
        Tensor passed = null!;
        var maker = new Thread(() => passed = ones(3));
        maker.Start();
        maker.Join();
        passed.Dispose();
        passed.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_scope_disposes_what_is_neither_kept_nor_moved()
    {
        var before = Live();
        Tensor kept, moved, detached, gone;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                (gone, moved, detached) = (ones(1), ones(2), ones(3));
                kept = gone + 1;
                inner.MoveToOuter(moved);
                detached.DetachFromDisposeScope();
                kept.MoveToOuterDisposeScope();
                Assert.Equal(1, inner.DisposablesCount);
            }
            Assert.True(gone.IsInvalid);
            Assert.Equal(2, outer.DisposablesCount);
            Assert.Equal(2, kept.item<float>());
        }
        Assert.True(moved.IsInvalid && kept.IsInvalid && !detached.IsInvalid);
        detached.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
        Assert.Throws<InvalidOperationException>(() => detached.Handle);
    }

    [Fact]
    public void Statistics_count_what_is_created_and_disposed_on_this_thread()
    {
        var counts = DisposeScopeManager.Statistics;
        counts.Reset();
        using (var outside = ones(1))
        using (var scope = NewDisposeScope())
        {
            var inside = ones(1);
            var freed = ones(1).DetachFromDisposeScope();
            freed.Dispose();
            freed.Dispose();
            scope.Attach(outside);
        }
        Assert.Equal((1, 2, 1, 2, 1, 1), (counts.CreatedOutsideScopeCount, counts.CreatedInScopeCount, counts.DetachedFromScopeCount, counts.DisposedInScopeCount, counts.DisposedOutsideScopeCount, counts.AttachedToScopeCount));
        Assert.Equal(0, counts.ThreadTotalLiveCount);
    }
}
