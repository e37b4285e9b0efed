using CompareOptimizers.Report;

namespace Samples.Tests;

public class ConsoleTableTests
{
    private static readonly ResultTable Table = new(["optimizer", "final loss", "reference's loss", "ms"], [["ArmijoNewton", "0.3312", "1.3e-5", "58.5 *"]]);

    // Widths 12, 9, 11 and 6, each with a border and a space on either side, and the border at the left.
    [Theory]
    [InlineData(51, "0 1 2 3")]
    [InlineData(50, "0 1 2, 0 3")]
    [InlineData(41, "0 1, 0 2 3")]
    [InlineData(10, "0 1, 0 2, 0 3")]
    public void A_table_that_is_too_wide_comes_in_parts_that_begin_with_the_names(int room, string parts) =>
        Assert.Equal(parts, string.Join(", ", ConsoleTable.Parts(Table, room).Select(part => string.Join(' ', part))));
}
