using System.Text;
using TorchOptimExt.Simd;

namespace TorchOptimExt.Cuda;

/// <summary>
/// Writes a recorded rule as a kernel that updates many tensors in one launch. The text is CUDA C++ without headers; where the few names
/// that are CUDA's are given a meaning, a C++ compiler takes it as well, and gives the same bits.
/// </summary>
/// <remarks>
/// The bits are those of the pass over the CPU's memory as long as the compiler keeps each operation as it is: no contraction to fused
/// multiply-adds, no flush of small numbers to zero, quotients and roots rounded to the nearest. Numbers come as arguments, rounded once to
/// the precision that is computed in; half types are widened as they are read, and rounded once as they are written.
/// </remarks>
internal static class KernelText
{
    private static readonly string[] Arguments = ["param", "grad", "first", "second", "third"];

    /// <summary>The name of the function that takes <see cref="KernelLayout.LargeCapacity"/> tensors.</summary>
    public static string Large(string name) => name + "_large";

    /// <summary>The text.</summary>
    /// <param name="name">The function's name, which profilers show.</param>
    /// <param name="trace">The rule.</param>
    /// <param name="layout">How the arguments lie in memory.</param>
    /// <param name="large">Whether to add a function for as many tensors as fit into large arguments.</param>
    public static string Of(string name, RuleTrace trace, KernelLayout layout, bool large)
    {
        var used = Enumerable.Range(0, 5).Where(k => k < 2 || ((int)layout.States >> (k - 2) & 1) != 0).ToArray();
        var written = used.Where(k => After(trace, k) != k + 1).ToArray();
        string Each(int[] which, Func<int, int, string> text, string between = " ") => string.Join(between, which.Select(text));
        var update = $"update(h, {Each(used, (k, _) => Arguments[k], ", ")});";
        var parameters = Each(used, (k, _) => k == 1 ? ", const T grad" : $", T& {Arguments[k]}", "");
        return $$"""
            typedef unsigned int u32; typedef unsigned short u16; typedef long long i64;
            {{Types(layout.Elements)}}
            const int VEC = 16 / sizeof(M), CHUNK = {{KernelLayout.Chunk}}, THREADS = {{KernelLayout.Threads}};
            const int SMALL = {{layout.SmallCapacity}}, LARGE = {{layout.LargeCapacity}};
            template <typename E> struct alignas(16) Vec { E x[VEC]; };
            struct Head { u32 count, unused; T h[{{Math.Max(1, layout.Numbers)}}]; };
            struct Entry { void* at[{{used.Length}}]; i64 length; u32 block, aligned; };
            template <int N> struct Args { Head head; Entry e[N]; };

            __device__ __forceinline__ void update(const T* h{{parameters}})
            {
            {{Body(trace, written)}}}

            template <int N> __device__ __forceinline__ void step(const Args<N>& args)
            {
                u32 low = 0, high = args.head.count - 1;
                while (low < high)
                {
                    const u32 middle = (low + high + 1) / 2;
                    if (args.e[middle].block <= blockIdx.x) low = middle; else high = middle - 1;
                }
                const Entry& e = args.e[low];
                const T* const h = args.head.h;
                i64 from = (i64)(blockIdx.x - e.block) * CHUNK;
                const i64 to = from + CHUNK < e.length ? from + CHUNK : e.length;
                {{Each(used, (k, place) => $"{Type(k)}* __restrict__ const t{k} = ({Type(k)}*)e.at[{place}];")}}
                if (e.aligned)
                {
                    const i64 whole = from + (to - from) / VEC * VEC;
                    for (i64 i = from + (i64)threadIdx.x * VEC; i < whole; i += THREADS * VEC)
                    {
                        {{Each(used, (k, _) => $"Vec<{Type(k)}> v{k} = *(const Vec<{Type(k)}>*)(t{k} + i);")}}
                        #pragma unroll
                        for (int j = 0; j < VEC; j++)
                        {
                            {{Each(used, (k, _) => $"T {Arguments[k]} = widen(v{k}.x[j]);")}}
                            {{update}}
                            {{Each(written, (k, _) => $"narrow({Arguments[k]}, v{k}.x[j]);")}}
                        }
                        {{Each(written, (k, _) => $"*(Vec<{Type(k)}>*)(t{k} + i) = v{k};")}}
                    }
                    from = whole;
                }
                for (i64 i = from + threadIdx.x; i < to; i += THREADS)
                {
                    {{Each(used, (k, _) => $"T {Arguments[k]} = widen(t{k}[i]);")}}
                    {{update}}
                    {{Each(written, (k, _) => $"narrow({Arguments[k]}, t{k}[i]);")}}
                }
            }

            {{Function(name, "SMALL")}}
            {{(large ? Function(Large(name), "LARGE") : "")}}

            """;
    }

    private static string Function(string name, string capacity) =>
        $"extern \"C\" __global__ void __launch_bounds__({KernelLayout.Threads}) {name}"
        + $"(const __grid_constant__ Args<{capacity}> args) {{ step(args); }}";

    // Parameter and gradient have one type in memory, states another.
    private static string Type(int argument) => argument < 2 ? "M" : "S";

    private static int After(RuleTrace trace, int argument) => argument switch
    {
        0 => trace.NewParam,
        1 => RuleTrace.Grad,
        2 => trace.NewStates.First,
        3 => trace.NewStates.Second,
        _ => trace.NewStates.Third,
    };

    private static string Body(RuleTrace trace, int[] written)
    {
        var body = new StringBuilder();
        var place = 0;
        foreach (var operation in trace.Operations) body.Append("    ").Append(Statement(operation, place++)).Append('\n');
        // All that is new is known before the first is written: one may be what another was.
        foreach (var k in written) body.Append($"    const T new_{Arguments[k]} = {Value(After(trace, k))};\n");
        foreach (var k in written) body.Append($"    {Arguments[k]} = new_{Arguments[k]};\n");
        return body.ToString();
    }

    private static string Statement(RuleOperation operation, int place)
    {
        var (a, b, c) = (Value(operation.A), Value(operation.B), Value(operation.C));
        var text = operation.What switch
        {
            RuleOperation.Kind.Add => $"{a} + {b}",
            RuleOperation.Kind.Subtract => $"{a} - {b}",
            RuleOperation.Kind.Multiply => $"{a} * {b}",
            RuleOperation.Kind.Divide => $"{a} / {b}",
            RuleOperation.Kind.Negate => $"-{a}",
            RuleOperation.Kind.Greater => $"{a} > {b}",
            RuleOperation.Kind.Less => $"{a} < {b}",
            RuleOperation.Kind.Sqrt => $"root({a})",
            RuleOperation.Kind.MultiplyAdd => $"multiply_add({a}, {b}, {c})",
            RuleOperation.Kind.Min => $"{a} < {b} || {a} != {a} ? {a} : {b}",
            RuleOperation.Kind.Max => $"{a} > {b} || {a} != {a} ? {a} : {b}",
            RuleOperation.Kind.Sign => $"(T)(({a} > 0) - ({a} < 0))",
            RuleOperation.Kind.Where => $"{a} ? {b} : {c}",
            _ => throw new ArgumentOutOfRangeException(nameof(operation)),
        };
        var type = operation.What is RuleOperation.Kind.Greater or RuleOperation.Kind.Less ? "bool" : "T";
        return $"const {type} v{place} = {text};";
    }

    private static string Value(int value) => value switch
    {
        0 => "(T)0",
        < 0 => $"h[{-1 - value}]",
        < RuleTrace.FirstOperation => Arguments[value - 1],
        _ => $"v{value - RuleTrace.FirstOperation}",
    };

    private static string Types(Elements elements) => elements switch
    {
        Elements.Float64 => Wide("double", "sqrt", "fma"),
        Elements.Float32 => Wide("float", "sqrtf", "fmaf"),
        Elements.Float16 => Narrow(HalfText, "u16"),
        Elements.Float16WithFloat32State => Narrow(HalfText, "float"),
        Elements.BFloat16 => Narrow(BrainFloatText, "u16"),
        Elements.BFloat16WithFloat32State => Narrow(BrainFloatText, "float"),
        _ => throw new ArgumentOutOfRangeException(nameof(elements)),
    };

    private static string Wide(string type, string root, string fma) => $$"""
        typedef {{type}} T, M, S;   // what is computed in; parameter and gradient, states in memory
        __device__ __forceinline__ T root(T x) { return {{root}}(x); }
        __device__ __forceinline__ T multiply_add(T a, T b, T c) { return {{fma}}(a, b, c); }
        __device__ __forceinline__ T widen(T x) { return x; }
        __device__ __forceinline__ void narrow(T x, T& to) { to = x; }
        """;

    private static string Narrow(string conversions, string state) => $$"""
        typedef float T; typedef u16 M; typedef {{state}} S;   // what is computed in; parameter and gradient, states in memory
        __device__ __forceinline__ T root(T x) { return sqrtf(x); }
        __device__ __forceinline__ T multiply_add(T a, T b, T c) { return fmaf(a, b, c); }
        __device__ __forceinline__ T widen(T x) { return x; }
        __device__ __forceinline__ void narrow(T x, T& to) { to = x; }
        {{conversions}}
        """;

    private const string BrainFloatText = """
        __device__ __forceinline__ T widen(u16 x) { return __uint_as_float((u32)x << 16); }
        __device__ __forceinline__ void narrow(T x, u16& to)
        {
            const u32 u = __float_as_uint(x);
            to = x != x ? (u16)0x7FC0 : (u16)((u + 0x7FFF + (u >> 16 & 1)) >> 16);
        }
        """;

    // The conversions of the hardware: NVRTC has no header for them.
    private const string HalfText = """
        #ifdef __CUDACC_RTC__
        __device__ __forceinline__ T half_to_float(u16 x) { T y; asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x)); return y; }
        __device__ __forceinline__ u16 float_to_half(T x) { u16 y; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y) : "f"(x)); return y; }
        #endif
        __device__ __forceinline__ T widen(u16 x) { return half_to_float(x); }
        __device__ __forceinline__ void narrow(T x, u16& to) { to = float_to_half(x); }
        """;
}
