using Microsoft.ML.Data;

namespace MlTraining;

/// <summary>A row for all three tasks: labels follow the features, with noise that no model can take away.</summary>
public sealed class Row
{
    /// <summary>Standard normal.</summary>
    [VectorType(3)] public float[] Features { get; set; } = [];

    /// <summary>The label of regression.</summary>
    public float Number { get; set; }

    /// <summary>The label of binary classification.</summary>
    public bool Truth { get; set; }

    /// <summary>The class, to be mapped to a key.</summary>
    public string Kind { get; set; } = "";

    /// <summary>1, 2 or 3.</summary>
    public float Weight { get; set; }

    /// <summary>So many rows; the first ones of more are the same.</summary>
    public static List<Row> Some(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => One(random))];
    }

    private static Row One(Random random)
    {
        float[] x = [Normal(random), Normal(random), Normal(random)];
        var signal = 2 * x[0] - x[1] + 0.5f + 0.7f * Normal(random);
        return new()
        {
            Features = x,
            Number = signal + 0.3f * x[2],
            Truth = signal + Normal(random) > 0,
            Kind = (x[2] + Normal(random)) switch { > 0.7f => "high", > -0.5f => "middle", _ => "low" },
            Weight = 1 + random.Next(3),
        };
    }

    private static float Normal(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
