using System.Text;

namespace Microsoft.ML.Data;

/// <summary>Lines of text files and their fields.</summary>
internal static class TextFile
{
    /// <summary>The lines of data with their numbers; empty lines and comments are skipped, and each file's header.</summary>
    public static IEnumerable<(long Number, string Text)> Lines(IMultiStreamSource source, TextLoader.Options options)
    {
        for (var file = 0; file < source.Count; file++)
        {
            using var reader = source.OpenTextReader(file);
            var first = true;
            long number = 0;
            while (reader.ReadLine() is { } line)
            {
                number++;
                var isComment = line.StartsWith("//", StringComparison.Ordinal) || (first && line.StartsWith('#'));
                if (line.Length == 0 || isComment)
                    continue;
                if (!first || !options.HasHeader)
                    yield return (number, line);
                first = false;
            }
        }
    }

    /// <summary>The first line that is neither empty nor a comment: the header, if there is one.</summary>
    public static string FirstLine(IMultiStreamSource source, TextLoader.Options options)
        => source is null ? null : Lines(source, new TextLoader.Options { Separators = options.Separators }).Select(line => line.Text).FirstOrDefault();

    public static string[] Split(string line, TextLoader.Options options)
    {
        if (options.TrimWhitespace)
            line = line.TrimEnd();
        var fields = new List<string>();
        for (var position = 0; position <= line.Length;)
            fields.Add(Field(line, options, ref position));
        return [.. fields];
    }

    /// <summary>Reads a field and leaves the position behind its separator. Spaces before it go, unless they separate.</summary>
    private static string Field(string line, TextLoader.Options options, ref int position)
    {
        while (position < line.Length && line[position] == ' ' && !options.Separators.Contains(' '))
            position++;
        var quoted = options.AllowQuoting && position < line.Length && line[position] == '"' ? Quoted(line, options.EscapeChar, ref position) : null;
        var end = line.AsSpan(position).IndexOfAny(options.Separators);
        end = end < 0 ? line.Length : position + end;
        var field = quoted ?? line[position..end];
        position = end + 1;
        return field;
    }

    private static string Quoted(string line, char escape, ref int position)
    {
        var text = new StringBuilder();
        for (position++; position < line.Length; position++)
        {
            var isEscape = line[position] == escape && position + 1 < line.Length && line[position + 1] == '"';
            if (isEscape)
                position++;
            else if (line[position] == '"')
                break;
            text.Append(line[position]);
        }
        position = Math.Min(position + 1, line.Length);
        return text.ToString();
    }
}
