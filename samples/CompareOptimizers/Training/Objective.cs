using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace CompareOptimizers.Training;

/// <summary>What a network is trained for, and how good it is at it.</summary>
internal abstract record Objective
{
    /// <summary>What the score is called.</summary>
    public abstract string ScoreName { get; }

    /// <summary>How many numbers the network gives for an example.</summary>
    public abstract int Outputs { get; }

    /// <summary>The mean loss of a batch, a scalar.</summary>
    public abstract Tensor Loss(Tensor outputs, Tensor targets);

    /// <summary>What <see cref="Score"/> needs of a batch; sums of batches add up.</summary>
    public abstract double Sum(Tensor outputs, Tensor targets);

    /// <summary>The score: the higher the better, at most 1.</summary>
    /// <param name="sum">Over all examples.</param>
    /// <param name="targets">Of all examples.</param>
    public abstract double Score(double sum, Tensor targets);

    /// <summary>A score as it is written.</summary>
    public abstract string Format(double score);
}

/// <summary>One of several classes; targets are their numbers from 0.</summary>
internal sealed record Classification(int Classes) : Objective
{
    public override string ScoreName => "accuracy";
    public override int Outputs => Classes;

    public override Tensor Loss(Tensor outputs, Tensor targets) => F.cross_entropy(outputs, targets);

    public override double Sum(Tensor outputs, Tensor targets) => outputs.argmax(1).eq(targets).sum().ToDouble();

    public override double Score(double sum, Tensor targets) => sum / targets.shape[0];

    public override string Format(double score) => score.ToString("P2", CultureInfo.InvariantCulture);
}

/// <summary>A number; targets are [n, 1], standardized.</summary>
internal sealed record Regression : Objective
{
    public override string ScoreName => "R²";
    public override int Outputs => 1;

    public override Tensor Loss(Tensor outputs, Tensor targets) => F.mse_loss(outputs, targets);

    public override double Sum(Tensor outputs, Tensor targets) => (outputs - targets).square().sum(ScalarType.Float64).ToDouble();

    public override double Score(double sum, Tensor targets)
    {
        using var scope = NewDisposeScope();
        return 1 - sum / (targets - targets.mean()).square().sum(ScalarType.Float64).ToDouble();
    }

    public override string Format(double score) => score.ToString("F4", CultureInfo.InvariantCulture);
}
