namespace Microsoft.ML.Data;

internal static class Permutation
{
    public static int[] Of(int count, Random rand)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        rand.Shuffle(order);
        return order;
    }
}
