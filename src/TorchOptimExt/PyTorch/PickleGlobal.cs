namespace TorchOptimExt.PyTorch;

/// <summary>A class or function of Python's that a pickle names. It is compared with the few that are known, and never run.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public static readonly PickleGlobal OrderedDict = new("collections", "OrderedDict"), Size = new("torch", "Size"),
        UntypedStorage = new("torch.storage", "UntypedStorage"),
        RebuildTensor = new("torch._utils", "_rebuild_tensor"), RebuildTensorV2 = new("torch._utils", "_rebuild_tensor_v2"),
            RebuildTensorV3 = new("torch._utils", "_rebuild_tensor_v3"),
        RebuildParameter = new("torch._utils", "_rebuild_parameter"),
            RebuildParameterWithState = new("torch._utils", "_rebuild_parameter_with_state");

    private static readonly HashSet<PickleGlobal> Known =
        [OrderedDict, Size, UntypedStorage, RebuildTensor, RebuildTensorV2, RebuildTensorV3, RebuildParameter, RebuildParameterWithState];

    public bool IsKnown => Known.Contains(this)
        || (Module == "torch" && ElementTypes.OfStorage(Name) is not null);

    public override string ToString() => $"{Module}.{Name}";
}
