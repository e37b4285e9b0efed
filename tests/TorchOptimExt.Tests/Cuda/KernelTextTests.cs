using System.Runtime.CompilerServices;
using TorchOptimExt.Rules;
using TorchOptimExt.Simd;

namespace TorchOptimExt.Tests.Cuda;

/// <summary>
/// The text of every kernel, compiled for the CPU, against the pass over memory on SIMD registers, which has another compiler, another order
/// and other
/// conversions: NaN where NaN, else the same bits.
/// </summary>
[Collection(nameof(CompiledKernels))]
public class KernelTextTests(CompiledKernels kernels)
{
    // Tails of every register, and of the chunks of a block.
    private static readonly int[] Sizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 100, 1_023, 4_095, 4_096, 4_097, 9_001];

    // Of whatever rule and type: more than small arguments hold, more than large ones hold.
    private const int MoreThanSmall = 130, MoreThanLarge = 1_050;

    // All tensors aligned; all of them a few elements away; one of them.
    private static readonly int[][] Shifts = [[0], [1], [3], [0, 0, 1, 0, 0], [5, 0, 0, 0, 0]];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var one in KernelCase.All)
                foreach (var elements in Enum.GetNames<Elements>()) cases.Add(one.Name, elements);
            return cases;
        }
    }

    [GccTheory]
    [MemberData(nameof(Cases))]
    public void Every_kernel_gives_the_bits_of_the_pass_on_registers(string rule, string elements)
    {
        var (one, of) = (KernelCase.Named(rule), Enum.Parse<Elements>(elements));
        Assert.Equal([false], Compare(one, of, [.. Sizes.Select((size, k) => (size, Shifts[k % Shifts.Length])), (0, Shifts[0])]));
        Assert.Equal([true], Compare(one, of, Many(MoreThanSmall)));
    }

    [GccTheory]
    [InlineData("SGD", "Float32")]
    [InlineData("Adadelta", "Float64")]
    [InlineData("RMSProp with momentum", "BFloat16")]
    [InlineData("Adam, AMSGrad", "Float16WithFloat32State")]
    public void More_tensors_than_one_table_holds_take_several_launches(string rule, string elements)
    {
        var launches = Compare(KernelCase.Named(rule), Enum.Parse<Elements>(elements), Many(MoreThanLarge));
        Assert.True(launches.Length > 1 && launches[0]);
    }

    private static (int, int[])[] Many(int count) => [.. Enumerable.Range(0, count).Select(k => (1 + k % 9, Shifts[k % 2]))];

    // Which launches were with large arguments.
    private bool[] Compare(KernelCase one, Elements elements, (int, int[])[] pieces)
    {
        var driver = kernels.Driver();
        using Memory simd = new(elements, one.States, pieces), kernel = new(elements, one.States, pieces);
        one.Pass().RunSimd(elements, simd.Pieces);
        one.Pass().RunKernels(kernels.OnCpu(driver), elements, kernel.Pieces);
        Assert.Null(simd.Difference(kernel));
        return [.. driver.Launches.Select(launch => launch.Large)];
    }

    [Fact]
    public void The_page_shows_a_kernel_as_it_is()
    {
        var text = KernelCase.Named("EwmaMomentum").Text("EwmaMomentumRule_Float32", Elements.Float32);
        var page = File.ReadAllText(Path.Combine(Here(), "..", "..", "..", "docs", "gpu.md")).ReplaceLineEndings("\n");
        Assert.True(page.Contains(text.TrimEnd(), StringComparison.Ordinal), text);

        static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
    }

    [Fact]
    public void No_rule_is_left_out()
    {
        var rules = typeof(IUpdateRule).Assembly.GetTypes().Where(type => type.IsValueType && type.IsAssignableTo(typeof(IUpdateRule)));
        var cases = KernelCase.All.Select(one => one.RuleType.IsGenericType ? one.RuleType.GetGenericTypeDefinition() : one.RuleType).ToHashSet();
        Assert.DoesNotContain(rules, rule => !cases.Contains(rule));
    }

    [GccFact]
    public void All_rules_options_and_types_were_compiled() => Assert.InRange(kernels.Count, 400, 10_000);
}
