using System.Globalization;

namespace Datasets;

/// <summary>150 irises of three species, 50 each. Part of this assembly; see iris.md for the source and licence.</summary>
public sealed record Iris(IReadOnlyList<Iris.Flower> Flowers)
{
    public const int Setosa = 0, Versicolor = 1, Virginica = 2;

    private const string Name = "iris.csv";

    /// <summary>One flower: lengths and widths in cm, and its species.</summary>
    public sealed record Flower(double SepalLength, double SepalWidth, double PetalLength, double PetalWidth, int Species);

    /// <summary>Reads the flowers.</summary>
    public static Iris Load()
    {
        using var reader = new StreamReader(typeof(Iris).Assembly.GetManifestResourceStream(Name)!);
        return Load(reader);
    }

    /// <summary>Reads a line of titles, then lines of four numbers and a species.</summary>
    /// <exception cref="DatasetException">The text is corrupt.</exception>
    public static Iris Load(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.ReadLine();
        var flowers = new List<Flower>();
        while (reader.ReadLine() is { } line) flowers.Add(Parse(line, flowers.Count + 2));
        return new(flowers);
    }

    private static Flower Parse(string line, int number)
    {
        var fields = line.Split(',');
        var lengths = new double[4];
        if (fields.Length != 5 || fields[4] is not ("0" or "1" or "2")) throw Corrupt(number);
        for (var i = 0; i < 4; i++)
            if (!double.TryParse(fields[i], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out lengths[i])) throw Corrupt(number);
        return new(lengths[0], lengths[1], lengths[2], lengths[3], fields[4][0] - '0');
    }

    private static DatasetException Corrupt(int number) => new(Name, $"is corrupt: line {number} is not four lengths and a species from 0 to 2");
}
