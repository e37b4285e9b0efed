using CompareOptimizers;
using CompareOptimizers.Registry;

namespace Samples.Tests;

public class ContendersTests
{
    [Fact]
    public void Names_are_unique() => Assert.Equal(Contenders.All.Length, Contenders.All.Select(contender => contender.Name.ToUpperInvariant()).Distinct().Count());

    [Fact]
    public void Code_is_what_a_user_would_write()
    {
        var momentum = Assert.Single(Contenders.Choose(["ewmaMomentum"]));

        Assert.Equal("torch.optim.EwmaMomentum(model.parameters(), 0.3)", momentum.OurCode);
        Assert.Equal("torch.optim.SGD(model.parameters(), 0.1 * 0.3, momentum: 0.9)", momentum.ReferenceCode);
        Assert.Equal("SGD", momentum.Reference!.Name);
    }

    [Fact]
    public void An_unknown_name_is_refused() => Assert.Throws<UserException>(() => Contenders.Choose(["Adam", "Adamantium"]));
}
