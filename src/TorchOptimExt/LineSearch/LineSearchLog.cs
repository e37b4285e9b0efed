using Microsoft.Extensions.Logging;

namespace TorchOptimExt.LineSearch;

/// <summary>One debug line a step.</summary>
internal static partial class LineSearchLog
{
    public static void Step(ILogger logger, string optimizer, LineSearchStep step) =>
        Step(logger, optimizer, step.Outcome, step.Step, step.Before, step.After, step.Slope, step.Trials, step.Evaluations,
            step.LargestGradient, step.Direction);

    [LoggerMessage(1, LogLevel.Debug, "{Optimizer}: {Outcome}, step {Step}, F {Before} -> {After}, slope {Slope}, {Trials} trials, " +
        "{Evaluations} evaluations, max|g| {LargestGradient}, direction {Direction}")]
    private static partial void Step(ILogger logger, string optimizer, LineSearchOutcome outcome, double step, double before, double after,
        double slope, int trials, int evaluations, double largestGradient, DirectionKind direction);
}
