using System.Reflection;
using TorchSharp;

namespace TorchOptimExt.Tests.Fused;

public class DefaultsTests
{
    public static TheoryData<string> Names => [.. typeof(FusedOptimizers).GetMethods().Where(m => m.DeclaringType == typeof(FusedOptimizers) && !m.IsSpecialName).Select(m => m.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Fused_factories_take_TorchSharps_arguments_in_its_order_with_its_defaults(string name)
    {
        var theirs = typeof(torch.optim).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => m.Name == name).ToList();
        var ours = typeof(FusedOptimizers).GetMethods().Where(m => m.Name == name).ToList();
        Assert.Equal(3, theirs.Count);
        Assert.Equal(3, ours.Count);
        foreach (var method in theirs)
        {
            var same = Assert.Single(ours, o => o.GetParameters()[0].ParameterType == method.GetParameters()[0].ParameterType);
            Assert.Equal(method.GetParameters().Skip(1).Select(Text), same.GetParameters().Skip(1).Select(Text));
        }
    }

    private static string Text(ParameterInfo p) => FormattableString.Invariant($"{p.ParameterType} {p.Name}{(p.HasDefaultValue ? $" = {p.DefaultValue}" : "")}");
}
