namespace TorchOptimExt.Checkpointing;

/// <summary>Changes that happen all or not at all.</summary>
internal static class Transaction
{
    /// <summary>Makes the changes in order. Each lays down how what it did is undone; where one throws, all are undone, the last one
    /// first.</summary>
    public static void Run(params Action<Stack<Action>>[] changes)
    {
        var undo = new Stack<Action>();
        try
        {
            foreach (var change in changes) change(undo);
        }
        catch
        {
            foreach (var step in undo) step();
            throw;
        }
    }
}
