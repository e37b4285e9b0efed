using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using static TorchSharp.torch.optim;

namespace CompareOptimizers.Registry;

/// <summary>Makes an optimizer of these parameters with this learning rate.</summary>
internal delegate Optimizer Make(IEnumerable<Parameter> parameters, double lr);

/// <summary>What a step is computed from.</summary>
internal enum Batching
{
    /// <summary>The next few images.</summary>
    MiniBatch,

    /// <summary>All images of a subset, the same in every step: for algorithms that compare one step's gradient or loss with the next one's.</summary>
    FullBatch,
}

/// <summary>What the closure that <c>step</c> is given does.</summary>
internal enum Closure
{
    /// <summary>It computes the gradients and returns the loss: TorchSharp's style.</summary>
    CallsBackward,

    /// <summary>It only returns the loss; the optimizer calls <c>backward</c> if it wants gradients, and the closure as often as it needs.</summary>
    ReturnsLoss,
}

/// <summary>What an optimizer is compared with: an optimizer of TorchSharp, whose closure calls <c>backward</c>.</summary>
/// <param name="Make">Makes it, with the learning rate of the optimizer that is compared.</param>
/// <param name="Code">The C# code of <paramref name="Make"/>, filled in by the compiler.</param>
/// <param name="SameAlgorithm">Whether it computes the same, so that the weights must agree; otherwise it is the closest that TorchSharp has.</param>
internal sealed record Reference(Make Make, string Code, bool SameAlgorithm)
{
    /// <summary>TorchSharp's own optimizer of the same algorithm.</summary>
    public static Reference Same(Make make, [CallerArgumentExpression(nameof(make))] string code = "") => new(make, code, SameAlgorithm: true);

    /// <summary>The closest that TorchSharp has.</summary>
    public static Reference Closest(Make make, [CallerArgumentExpression(nameof(make))] string code = "") => new(make, code, SameAlgorithm: false);

    /// <summary>Its name, as in <c>torch.optim.NAME</c>.</summary>
    public string Name => LambdaBody.Called(Code);
}

/// <summary>An optimizer that takes part in the comparison.</summary>
/// <param name="Name">What <c>--optimizers</c> calls it.</param>
/// <param name="Lr">A learning rate that serves the models here.</param>
/// <param name="Make">Makes it.</param>
/// <param name="Reference">What it is compared with, if there is anything.</param>
/// <param name="Batching">What a step is computed from.</param>
/// <param name="Closure">What its closure does.</param>
/// <param name="Steps">With full batches: how many steps are taken where one costs more than a few evaluations; null: as many as the others take.</param>
/// <param name="Code">The C# code of <paramref name="Make"/>, filled in by the compiler.</param>
internal sealed record Contender(
    string Name, double Lr, Make Make, Reference? Reference,
    Batching Batching = Batching.MiniBatch, Closure Closure = Closure.CallsBackward, int? Steps = null,
    [CallerArgumentExpression(nameof(Make))] string Code = "")
{
    /// <summary>How it is made, as C# code.</summary>
    public string OurCode => LambdaBody.Of(Code, Lr);

    /// <summary>How the reference is made, as C# code.</summary>
    public string? ReferenceCode => Reference is null ? null : LambdaBody.Of(Reference.Code, Lr);
}
