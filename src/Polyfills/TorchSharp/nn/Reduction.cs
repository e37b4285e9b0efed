namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What a loss makes of its elements; libtorch's numbers.</summary>
        public enum Reduction : long { None = 0, Mean = 1, Sum = 2 }
    }
}
