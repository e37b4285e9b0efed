using TorchOptimExt.FirstOrder;
using TorchOptimExt.Simd;
using TorchOptimExt.Tensors;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Simd;

/// <summary>
/// The pass over memory against scalar arithmetic, which runs the same text of a rule: each rounds once, so both must agree in every bit; against
/// libtorch's operations, whose square root may be a unit off; and against itself, in other places, pieces and numbers of threads.
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
                foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16]) cases.Add(name, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_size_gives_the_bits_of_scalar_arithmetic(string rule, ScalarType dtype)
    {
        foreach (var size in Sizes)
        {
            using var scope = NewDisposeScope();
            var made = RuleCase.Named(rule);
            var (fused, onScalars) = (made.Tensors(size, dtype), made.Tensors(size, dtype));
            made.RunFused([fused]);
            made.RunOnScalars(onScalars);
            AssertSameBits(onScalars, fused, $"{size} elements");
        }
    }

    [Theory]
    [InlineData("Adam, AMSGrad", ScalarType.Float32)]
    [InlineData("Rprop", ScalarType.Float32)]
    [InlineData("Adam", ScalarType.BFloat16)]
    public void A_million_and_one_elements_give_the_bits_of_scalar_arithmetic(string rule, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var made = RuleCase.Named(rule);
        var fused = made.Tensors(1_000_001, dtype);
        var onScalars = fused.Select(t => t.clone()).ToArray();
        made.RunFused([fused]);
        made.RunOnScalars(onScalars);
        AssertSameBits(onScalars, fused, "1,000,001 elements");
    }

    // libtorch 2.10 computes the square root of vectors by a product with an estimate of 1/√x: one element in five is a unit in the last place off. In
    // a quotient of two roots, squared, that is up to four units.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Tensor_operations_give_the_same_within_their_square_root(string rule, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var made = RuleCase.Named(rule);
        var (fused, onTensors) = (made.Tensors(4_097, dtype), made.Tensors(4_097, dtype));
        made.RunFused([fused]);
        made.RunOnTensors(onTensors);
        var unit = dtype switch { ScalarType.Float64 => Math.ScaleB(1, -52), ScalarType.Float32 => Math.ScaleB(1, -23), ScalarType.Float16 => Math.ScaleB(1, -10), _ => Math.ScaleB(1, -7) };
        for (var k = 0; k < fused.Length; k++)
        {
            var (expected, actual) = (onTensors[k].to_type(float64), fused[k].to_type(float64));
            Assert.True(expected.allclose(actual, rtol: 4 * unit, atol: 2 * unit), $"tensor {k}: {(expected - actual).abs().max().item<double>():g3} apart");
        }
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
    public void Numbers_that_are_none_are_treated_as_scalars(string rule, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var made = RuleCase.Named(rule);
        double[] special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, 1e-300, -1e-40, 3e38, double.MaxValue, -1];
        var (fused, onScalars) = (made.Tensors(100, dtype), made.Tensors(100, dtype));
        foreach (var tensors in new[] { fused, onScalars })
        {
            tensors[1].copy_(tensor([.. Enumerable.Range(0, 100).Select(i => special[i % 10])], float64));
            tensors[2 % tensors.Length].copy_(tensor([.. Enumerable.Range(0, 100).Select(i => special[i / 10])], float64));
        }
        made.RunFused([fused]);
        made.RunOnScalars(onScalars);
        for (var k = 0; k < fused.Length; k++)
            Assert.True(fused[k].to_type(float64).allclose(onScalars[k].to_type(float64), rtol: 0, atol: 0, equal_nan: true), $"tensor {k}: {fused[k]} {onScalars[k]}");
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
        Refused("its dtype is Int64, not Float32, Float64, Float16 or BFloat16", zeros([4], ScalarType.Int64), zeros([4], ScalarType.Int64));
        Refused("its dtype is ComplexFloat32, not Float32, Float64, Float16 or BFloat16", zeros([4], ScalarType.ComplexFloat32), zeros([4], ScalarType.ComplexFloat32));
        Refused("its elements have gaps between them in memory, or overlap", dense.t()[TensorIndex.Slice(0, 2)], zeros(2, 4));
        Refused("its elements have gaps between them in memory, or overlap", zeros(1).expand(4), zeros(4));
        Refused("its gradient lies in memory in another order", dense, zeros(8, 4)[TensorIndex.Slice(step: 2)]);
        Refused("its gradient lies in memory in another order", dense, dense.t());
        Refused("its gradient is Float64, not Float32", dense, zeros([4, 4], ScalarType.Float64));
        Refused("its gradient has shape [4], not [4, 4]", dense, zeros(4));
        Refused("its gradient is sparse", dense, zeros(4, 4).to_sparse());
        Refused("its state has shape [16], not [4, 4]", dense, dense, zeros(16));
        Refused("its state is Float64, not Float32", dense, dense, zeros([4, 4], ScalarType.Float64));
        var negated = zeros([4], ScalarType.ComplexFloat32).conj().imag;
        Refused("it is a negated view, whose memory holds the opposite numbers", negated, negated);
        negated = zeros([4, 4], ScalarType.ComplexFloat32).conj().imag;
        Refused("its gradient is a negated view, whose memory holds the opposite numbers", zeros(4, 4), negated);

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
