using Spectre.Console;

namespace CompareOptimizers.Report;

/// <summary>Writes a table to the terminal, in parts below each other where that is narrow; elsewhere as Markdown.</summary>
internal static class ConsoleTable
{
    private const int WidthOfNoTerminal = 240;
    private const int LeftAligned = 2; // columns of names
    private const int LineOfTitle = 9;
    private const int AroundCell = 3; // a space on either side, and a border

    public static void Write(ResultTable table)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthOfNoTerminal;
            Write(table, Enumerable.Range(0, table.Columns.Length), TableBorder.Markdown, (_, title) => title);
        }
        else
            foreach (var part in Parts(table, AnsiConsole.Profile.Width))
                Write(table, part, TableBorder.Rounded, (column, title) => Fold(title, Width(table, column)));
    }

    /// <summary>The columns of each part: the first, and as many of the others as there is room for.</summary>
    internal static IEnumerable<int[]> Parts(ResultTable table, int room)
    {
        List<int> part = [0];
        for (var i = 1; i < table.Columns.Length; i++)
        {
            if (part.Count > 1 && 1 + part.Append(i).Sum(column => Width(table, column) + AroundCell) > room)
            {
                yield return [.. part];
                part = [0];
            }
            part.Add(i);
        }
        yield return [.. part];
    }

    private static int Width(ResultTable table, int column)
    {
        var title = table.Columns[column];
        return Math.Max(table.Rows.Select(row => row[column].Length).Append(title.Split(' ').Max(word => word.Length)).Max(), Math.Min(title.Length, LineOfTitle));
    }

    private static string Fold(string title, int width) => title.Split(' ').Aggregate((text, word) =>
        text + (text.Length - text.LastIndexOf('\n') + word.Length > width ? '\n' : ' ') + word);

    private static void Write(ResultTable table, IEnumerable<int> columns, TableBorder border, Func<int, string, string> title)
    {
        var written = new Table().Border(border);
        foreach (var i in columns)
            written.AddColumn(new TableColumn(Markup.Escape(title(i, table.Columns[i]))) { Alignment = i < LeftAligned ? Justify.Left : Justify.Right, NoWrap = true });
        foreach (var row in table.Rows)
            written.AddRow([.. columns.Select(i => Markup.Escape(row[i]))]);
        AnsiConsole.Write(written);
    }
}
