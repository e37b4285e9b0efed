using Spectre.Console;

namespace CompareOptimizers.Report;

/// <summary>Writes a table to the terminal; elsewhere as Markdown.</summary>
internal static class ConsoleTable
{
    private const int WidthOfNoTerminal = 240;

    public static void Write(ResultTable table)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = WidthOfNoTerminal;
        var written = new Table().Border(Console.IsOutputRedirected ? TableBorder.Markdown : TableBorder.Rounded);
        for (var i = 0; i < table.Columns.Length; i++)
            written.AddColumn(new TableColumn(Markup.Escape(table.Columns[i])) { Alignment = i < 2 ? Justify.Left : Justify.Right });
        foreach (var row in table.Rows)
            written.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(written);
    }
}
