namespace TorchOptimExt.Orleans.Tests;

/// <summary>A test that is skipped, with a line that says why, where Redis is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute() => Skip = RedisServer.Missing;
}
