namespace MultiLabel;

/// <summary>A question's title, and its tags with blanks between.</summary>
internal sealed class Question
{
    private static readonly Dictionary<string, string[]> Vocabulary = new()
    {
        ["sql"] = ["select", "rows", "join", "tables", "index", "query", "database"],
        ["python"] = ["pandas", "list", "dict", "import", "pip", "numpy", "python"],
        ["c#"] = ["async", "task", "linq", "nuget", "delegate", "generic", "assembly"],
        ["css"] = ["style", "button", "margin", "browser", "font", "grid", "center"],
        ["git"] = ["branch", "merge", "rebase", "commit", "remote", "push", "conflict"],
    };

    private static readonly string[] Common = ["how", "to", "my", "the", "from", "in", "two", "fast", "error", "with", "and", "best"];

    public string Title { get; set; } = "";

    public string Tags { get; set; } = "";

    /// <summary>Questions with one to three tags, of each of which the title has one to three words among common ones.</summary>
    public static IEnumerable<Question> Some(int count)
    {
        var random = new Random(1);
        for (var k = 0; k < count; k++)
        {
            string[] tags = [.. random.GetItems([.. Vocabulary.Keys], random.Next(1, 4)).Distinct()];
            string[] words = [.. tags.SelectMany(tag => random.GetItems(Vocabulary[tag], random.Next(1, 4))), .. random.GetItems(Common, random.Next(3, 7))];
            random.Shuffle(words);
            yield return new() { Title = string.Join(' ', words), Tags = string.Join(' ', tags) };
        }
    }
}
