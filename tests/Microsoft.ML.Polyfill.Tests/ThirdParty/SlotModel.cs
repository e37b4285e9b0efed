using System.Globalization;

namespace Microsoft.ML.Polyfill.Tests.ThirdParty;

/// <summary>The smallest model that depends on its input: one slot of the features, scaled and shifted.</summary>
public sealed record SlotModel(int Slot, float Scale, float Bias)
{
    public float Score(ReadOnlySpan<float> features) => features[Slot] * Scale + Bias;

    public static float Probability(float score) => 1 / (1 + MathF.Exp(-score));

    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Slot};{Scale:R};{Bias:R}");

    public static SlotModel Parse(string text)
    {
        var parts = text.Split(';');
        return new(int.Parse(parts[0], CultureInfo.InvariantCulture), float.Parse(parts[1], CultureInfo.InvariantCulture), float.Parse(parts[2], CultureInfo.InvariantCulture));
    }
}
