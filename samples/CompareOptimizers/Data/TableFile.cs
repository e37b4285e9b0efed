using System.Globalization;
using Microsoft.VisualBasic.FileIO;

namespace CompareOptimizers.Data;

/// <summary>A column of a table.</summary>
/// <param name="Name">Its title.</param>
/// <param name="Index">Its place, from 0.</param>
/// <param name="IsNumber">Whether all of its values are numbers or missing.</param>
/// <param name="Distinct">Its different values, or some more than <see cref="TableFile.MostDistinct"/> of them.</param>
internal sealed record Column(string Name, int Index, bool IsNumber, IReadOnlyCollection<string> Distinct);

/// <summary>A text file of comma, semicolon or tab separated values with a line of titles, looked through once to learn what its columns are.</summary>
internal sealed record TableFile(string Path, char Separator, IReadOnlyList<Column> Columns, int Rows)
{
    /// <summary>How many different values are kept of a column.</summary>
    public const int MostDistinct = 1000;

    private static readonly char[] Separators = [',', ';', '\t'];

    /// <exception cref="UserException">The file is missing, empty or has a row with more or fewer fields than titles.</exception>
    public static TableFile Open(string path)
    {
        try
        {
            var separator = File.ReadLines(path).FirstOrDefault() is { } first ? Separators.MaxBy(candidate => first.Count(letter => letter == candidate)) : ',';
            using var parser = new TextFieldParser(path) { Delimiters = [$"{separator}"], HasFieldsEnclosedInQuotes = true };
            return Read(path, separator, parser);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or MalformedLineException)
        {
            throw new UserException($"--data: {path} cannot be read ({e.Message.Split('\n')[0].TrimEnd('.')}).", e);
        }
    }

    /// <summary>The column of this name.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public Column Find(string option, string name) => Columns.FirstOrDefault(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UserException($"{option}: {Path} has no column '{name}'; it has {string.Join(", ", Columns.Select(column => column.Name))}.");

    private static TableFile Read(string path, char separator, TextFieldParser parser)
    {
        var titles = parser.ReadFields() ?? throw new UserException($"--data: {path} is empty; it must begin with a line of titles.");
        if (titles.Length < 2) throw new UserException($"--data: the first line of {path} has one title only; it must have several, with commas, semicolons or tabs between.");
        var (numbers, distinct, rows) = (Enumerable.Repeat(true, titles.Length).ToArray(), titles.Select(_ => new HashSet<string>()).ToArray(), 0);
        for (; !parser.EndOfData && parser.ReadFields() is { } fields; rows++)
        {
            if (fields.Length != titles.Length)
                throw new UserException($"--data: row {rows + 1} of {path} has {fields.Length} fields, but there are {titles.Length} titles.");
            for (var i = 0; i < fields.Length; i++)
            {
                numbers[i] &= IsMissing(fields[i]) || float.TryParse(fields[i], NumberStyles.Float, CultureInfo.InvariantCulture, out _);
                if (distinct[i].Count <= MostDistinct) distinct[i].Add(fields[i]);
            }
        }
        return new(path, separator, [.. titles.Select((title, i) => new Column(title, i, numbers[i], distinct[i]))], rows);
    }

    private static bool IsMissing(string field) => field is "" or "?" or "NA" or "NaN" or "nan";
}
