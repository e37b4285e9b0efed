using TorchOptimExt.Cuda;
using TorchOptimExt.Rules;
using TorchOptimExt.Simd;

namespace TorchOptimExt.Tests.Cuda;

/// <summary>Updates segments by one rule, on SIMD registers or by kernels.</summary>
internal interface ICasePass
{
    void RunSimd(Elements elements, IEnumerable<Piece> pieces);

    void RunKernels(CudaKernels kernels, Elements elements, IEnumerable<Piece> pieces);
}

/// <summary>Where one parameter lies: its tensors' addresses, 0 for a state that is not there, and the elements.</summary>
internal readonly record struct Piece(nint Param, nint Grad, nint First, nint Second, nint Third, long Length);

internal sealed class CasePass<TRule>(TRule rule) : ICasePass where TRule : struct, IUpdateRule
{
    public void RunSimd(Elements elements, IEnumerable<Piece> pieces)
    {
        var pass = new FusedPass<TRule>();
        foreach (var piece in pieces) pass.Add(Segment(elements, piece));
        pass.Run();
    }

    public void RunKernels(CudaKernels kernels, Elements elements, IEnumerable<Piece> pieces)
    {
        var pass = new CudaPass<TRule>(kernels);
        foreach (var piece in pieces) Assert.True(pass.Add(0, Segment(elements, piece)), pass.Refused);
        pass.Run();
    }

    private Segment<TRule> Segment(Elements elements, Piece p) => new(rule, elements, p.Param, p.Grad, p.First, p.Second, p.Third, p.Length);
}
