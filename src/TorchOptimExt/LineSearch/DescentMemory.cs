namespace TorchOptimExt.LineSearch;

/// <summary>What <see cref="ArmijoGD"/> remembers of its last steps, in the numbers that are saved with its state.</summary>
internal sealed class DescentMemory(double[] numbers, int history)
{
    private const int Step = 0, AtOnce = 1, Failed = 2, Decrease = 3, Slope = 4, Square = 5, Values = 6;

    /// <summary>The numbers of an empty memory, and one more for whoever keeps it.</summary>
    public static double[] Numbers(int history)
    {
        var numbers = new double[Values + history];
        Array.Fill(numbers, double.NaN, Values, history - 1);
        return numbers;
    }

    /// <summary>The largest of the last values of F, the present one included.</summary>
    public double Reference(double before) =>
        numbers.Skip(Values).Take(history - 1).Where(value => !double.IsNaN(value)).Append(before).Max();

    /// <summary>What the last step says of the next first trial.</summary>
    public FirstTrialRule Facts(double slope) => new()
    {
        Step = numbers[Step],
        AtOnce = numbers[AtOnce] != 0,
        Failed = numbers[Failed] != 0,
        Decrease = numbers[Decrease],
        Slope = slope,
    };

    /// <summary>sᵀs/sᵀy of the last step s in units of the direction, y the change of the gradient since it began.</summary>
    /// <param name="along">gᵀd of the present gradient and the last direction.</param>
    public double InverseCurvature(double along) => numbers[Square] / (numbers[Step] * (along - numbers[Slope]));

    /// <summary>Remembers an accepted step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="square">sᵀs of the move in units of the direction: divided by the learning rates.</param>
    public void Accept(LineSearchStep step, double square)
    {
        (numbers[Step], numbers[AtOnce], numbers[Failed]) = (step.Step, step.Step == step.FirstTrial ? 1 : 0, 0);
        (numbers[Decrease], numbers[Slope], numbers[Square]) = (step.Before - step.After, step.Slope, square);
        for (var k = history - 2; k > 0; k--) numbers[Values + k] = numbers[Values + k - 1];
        if (history > 1) numbers[Values] = step.Before;
    }

    /// <summary>Remembers a search that failed.</summary>
    /// <param name="smallest">The smallest step size that was tried; 0 for none.</param>
    public void Refuse(double smallest)
    {
        if (smallest > 0) (numbers[Step], numbers[AtOnce], numbers[Failed]) = (smallest, 0, 1);
    }
}
