using TorchOptimExt.FirstOrder;
using TorchOptimExt.Simd;
using TorchOptimExt.Tensors;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Simd;

/// <summary>
/// The pass over memory against libtorch's operations, which run the same text of a rule: each rounds once, so both
/// must agree in every bit; and the pass against itself, in other places, pieces and numbers of threads.
/// </summary>
public class FusedPassTests
{
    private static readonly int[] Sizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 100, 1_023, 4_097];

    public static TheoryData<string, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<string, ScalarType>();
            foreach (var name in RuleCase.All.Select(c => c.Name))
                foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64]) cases.Add(name, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_size_gives_the_bits_of_tensor_operations(string rule, ScalarType dtype)
    {
        foreach (var size in Sizes)
        {
            using var scope = NewDisposeScope();
            var made = RuleCase.Named(rule);
            var (fused, onTensors) = (made.Tensors(size, dtype), made.Tensors(size, dtype));
            made.RunFused([fused]);
            made.RunOnTensors(onTensors);
            AssertSameBits(onTensors, fused, $"{size} elements");
        }
    }

    [Theory]
    [InlineData("Adam, AMSGrad")]
    [InlineData("Rprop")]
    public void Ten_million_and_one_elements_give_the_bits_of_tensor_operations(string rule)
    {
        using var scope = NewDisposeScope();
        var made = RuleCase.Named(rule);
        var fused = made.Tensors(10_000_001, ScalarType.Float32);
        var onTensors = fused.Select(t => t.clone()).ToArray();
        made.RunFused([fused]);
        made.RunOnTensors(onTensors);
        AssertSameBits(onTensors, fused, "10,000,001 elements");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Neither_threads_nor_neighbours_nor_place_in_memory_change_a_bit(string rule, ScalarType dtype)
    {
        const int Size = 100_003;
        using var scope = NewDisposeScope();
        var made = RuleCase.Named(rule);
        var whole = made.Tensors(Size, dtype);
        var start = whole.Select(t => t.clone()).ToArray();
        WithThreads(1, () => made.RunFused([whole]));

        foreach (var threads in (int[])[1, 2, 3])
            foreach (var shift in (int[])[0, 1, 3, 5])
            {
                var pieces = new List<Tensor[]>();
                int[] cuts = [0, 1, 8, 8, 1_001 + shift, 70_000 - shift, Size];      // an empty one among them
                for (var k = 1; k < cuts.Length; k++) pieces.Add([.. start.Select(t => Shifted(t.narrow(0, cuts[k - 1], cuts[k] - cuts[k - 1]), shift))]);
                WithThreads(threads, () => made.RunFused(pieces));
                for (var k = 0; k < whole.Length; k++) AssertSameBits([whole[k]], [cat([.. pieces.Select(p => p[k])])], $"{threads} threads, shift {shift}, tensor {k}");
            }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Numbers_that_are_none_are_treated_as_tensor_operations_treat_them(string rule, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var made = RuleCase.Named(rule);
        double[] special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, 1e-300, -1e-40, 3e38, double.MaxValue, -1];
        var (fused, onTensors) = (made.Tensors(100, dtype), made.Tensors(100, dtype));
        foreach (var tensors in new[] { fused, onTensors })
        {
            for (var i = 0; i < 100; i++) tensors[1][i] = special[i % 10];
            for (var i = 0; i < 100; i++) tensors[2 % tensors.Length][i] = special[i / 10];
        }
        made.RunFused([fused]);
        made.RunOnTensors(onTensors);
        for (var k = 0; k < fused.Length; k++) Assert.True(fused[k].allclose(onTensors[k], rtol: 0, atol: 0, equal_nan: true), $"tensor {k}: {fused[k]} {onTensors[k]}");
    }

    [Fact]
    public void The_sign_of_NaN_is_0_for_a_number_too()
    {
        using var scope = NewDisposeScope();
        double[] numbers = [double.NaN, -2, 0, 3];
        foreach (var number in numbers)
        {
            using var result = zeros(1, float64);
            TensorLanes.Sign(number).Store(result);
            Assert.Equal(tensor(number, float64).sign().item<double>(), result.item<double>());
        }
    }

    [Fact]
    public void What_it_cannot_visit_is_refused_with_the_reason()
    {
        using var scope = NewDisposeScope();
        var (rule, pass, dense) = (new EwmaMomentumRule(0.1, 0.9), new FusedPass<EwmaMomentumRule>(), zeros(4, 4));
        Refused("its dtype is Int64, not Float32 or Float64", zeros([4], ScalarType.Int64), zeros([4], ScalarType.Int64));
        Refused("its dtype is Float16, not Float32 or Float64", zeros([4], ScalarType.Float16), zeros([4], ScalarType.Float16));
        Refused("it is not contiguous", dense.t()[TensorIndex.Slice(0, 2)], zeros(2, 4));
        Refused("its gradient is not contiguous", dense, zeros(8, 4)[TensorIndex.Slice(step: 2)]);
        Refused("its gradient is Float64, not Float32", dense, zeros([4, 4], ScalarType.Float64));
        Refused("its gradient has shape [4], not [4, 4]", dense, zeros(4));
        Refused("its state has shape [16], not [4, 4]", dense, dense, zeros(16));

        void Refused(string reason, Tensor param, Tensor grad, Tensor? state = null)
        {
            Assert.False(pass.Add(rule, param, grad, state));
            Assert.Equal(reason, pass.Refused);
        }
    }

    private static void AssertSameBits(Tensor[] expected, Tensor[] actual, string where)
    {
        for (var k = 0; k < expected.Length; k++) Assert.True(expected[k].bytes.SequenceEqual(actual[k].bytes), $"{where}, tensor {k}");
    }

    // The values at an address that no register is aligned to.
    private static Tensor Shifted(Tensor values, int by)
    {
        var place = zeros([values.numel() + by], values.dtype).narrow(0, by, values.numel());
        place.copy_(values);
        return place;
    }

    private static void WithThreads(int threads, Action run)
    {
        var before = get_num_threads();
        set_num_threads(threads);
        try { run(); }
        finally { set_num_threads(before); }
    }
}
